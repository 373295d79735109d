"""What the list of images is, and reading what a reader asked of it."""

from django.utils.translation import gettext_lazy as _

from apps.core.listing.request import ChipKind, ListKind
from apps.core.query.language import Term
from apps.images.listed import SORT_KEYS, Listed, chip_counts, sorted_rows
from apps.images.query import compiled, parse

IMAGES: ListKind[Listed] = ListKind(
    name="images",
    word=_("Images"),
    parse=parse,
    tests=compiled,
    sorts=SORT_KEYS,
    in_order=sorted_rows,
    columns={
        "name": _("Name"),
        "size": _("Size"),
        "shared": _("Shared"),
        "unique": _("Unique"),
        "created": _("Created"),
        "used": _("Used by"),
        "digest": _("Digest"),
        "labels": _("Labels"),
    },
    chips={
        "used": ChipKind(Term("used", "true"), _("In use"), is_steady=True),
        "unused": ChipKind(Term("used", "false"), _("Unused"), is_steady=True),
        "dangling": ChipKind(Term("dangling", "true"), _("Without a name")),
    },
    counted=chip_counts,
    is_all=False,
)
"""`?all=1` adds the intermediate layers of builds."""
