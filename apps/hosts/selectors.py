"""Looking hosts up."""

from django.utils.translation import gettext as _

from apps.core.errors import NotFoundHere
from apps.hosts.models import Host


def host_list() -> list[Host]:
    """Every host we know, by name."""
    return list(Host.objects.all())


def host_get(slug: str) -> Host:
    """The host with this address name. Raises NotFoundHere when there is none."""
    host = Host.objects.filter(slug=slug).first()
    if host is None:
        raise NotFoundHere(_("There is no such host"), _("No host is registered under this address."))
    return host
