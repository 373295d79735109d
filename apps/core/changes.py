"""Instructions of a Dockerfile that are given to an image that is made without one (commit, import)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

INSTRUCTIONS = (
    "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip
MOST_CHANGES = 100


def changes_read(text: str) -> tuple[str, ...]:
    """Read instructions, one a line. Raises ValidationError: engines look at them only once all was sent."""
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(lines) > MOST_CHANGES:
        raise ValidationError(_("These are too many lines; %d at most.") % MOST_CHANGES)
    for line in lines:
        if line.split()[0].upper() not in INSTRUCTIONS:
            words = _("“%(word)s” is none of %(all)s.")
            raise ValidationError(words % {"word": line.split()[0], "all": ", ".join(INSTRUCTIONS)})
    return lines
