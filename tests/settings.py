"""Settings for tests: the program's own, with quick password hashes and a database of the run's own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "DOCKERWEB_DATA" not in os.environ:
    os.environ["DOCKERWEB_DATA"] = tempfile.mkdtemp(prefix="dockerweb-tests-")
    atexit.register(shutil.rmtree, os.environ["DOCKERWEB_DATA"], ignore_errors=True)

from dockerweb.settings import *  # noqa: F403
from dockerweb.settings import DATA_DIR, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A file, not memory: tests that drive the ASGI application use the database from several threads.
DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "tests.sqlite3")}
ACCOUNT_RATE_LIMITS = {}
