"""Password hashes."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes (OWASP's figures): ten sign-ins at once must not cost a gigabyte."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
