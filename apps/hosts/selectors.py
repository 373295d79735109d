"""Looking hosts up."""

from django.utils.translation import gettext as _

from apps.core.errors import NotFoundHere
from apps.hosts.models import LOCAL_SLUG, Host


def host_list() -> list[Host]:
    """Every host we know, by name."""
    return list(Host.objects.all())


def host_get(slug: str) -> Host:
    """The host with this address name. Raises NotFoundHere when there is none."""
    host = Host.objects.filter(slug=slug).first()
    if host is None:
        raise NotFoundHere(_("There is no such host"), _("No host is registered under this address."))
    return host


def host_first() -> Host:
    """The host that `/` leads to: the local one if it is known. Raises NotFoundHere without any host."""
    host = Host.objects.filter(slug=LOCAL_SLUG).first() or Host.objects.first()
    if host is None:
        raise NotFoundHere(_("No engine is registered"), hint=_("An admin can add one."))
    return host
