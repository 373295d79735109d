"""Changes to the set of hosts."""

from apps.hosts.models import LOCAL_SLUG, Host


def host_register_local(*, using: str = "default") -> None:
    """Make sure that the engine of the environment is known as `local`. Changes nothing when it is."""
    Host.objects.using(using).get_or_create(slug=LOCAL_SLUG, defaults={"name": LOCAL_SLUG})
