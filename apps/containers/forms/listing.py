"""What the list of containers is, and reading what a reader asked of it."""

from django.utils.translation import gettext_lazy as _

from apps.containers.listed import SORT_KEYS, Listed, chip_counts, sorted_rows
from apps.containers.query.language import Term, parse
from apps.containers.query.matching import compiled
from apps.core.listing.request import ChipKind, ListKind

CONTAINERS: ListKind[Listed] = ListKind(
    name="containers",
    word=_("Containers"),
    parse=parse,
    tests=compiled,
    sorts=SORT_KEYS,
    in_order=sorted_rows,
    columns={
        "name": _("Name"),
        "state": _("State"),
        "project": _("Project"),
        "cpu": _("CPU"),
        "memory": _("Memory"),
        "ports": _("Ports"),
        "created": _("Since"),
        "owner": _("Owner"),
    },
    chips={
        "running": ChipKind(Term("status", "running"), _("Running"), is_steady=True),
        "unhealthy": ChipKind(Term("health", "unhealthy"), _("Unhealthy")),
        "restarting": ChipKind(Term("status", "restarting"), _("Restarting")),
        "paused": ChipKind(Term("status", "paused"), _("Paused")),
        "created": ChipKind(Term("status", "created"), _("Created")),
        "exited": ChipKind(Term("status", "exited"), _("Exited")),
        "dead": ChipKind(Term("status", "dead"), _("Dead")),
    },
    counted=chip_counts,
)
"""`?all=0` keeps what has processes."""
