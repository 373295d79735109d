"""What this app refuses, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.errors import NotFoundHere, Refusal, RefusedAtForm


@dataclass(frozen=True, slots=True)
class Holder:
    """A container that keeps an image from going. `state` is the engine's word."""

    id: str
    name: str
    state: str


class ImageHeld(RefusedAtForm):
    """Something holds the image. `can_force`: the engine would let it go by force; `holders`: the containers."""

    def __init__(self, name: str, words: str, *, holders: Sequence[Holder], can_force: bool) -> None:
        self.holders = tuple(holders)
        self.can_force = can_force
        hints = []
        if holders:
            names = ", ".join(holder.name for holder in holders)
            hints.append(_("Containers made from it: %(names)s.") % {"names": names})
        if can_force:
            hints.append(_("It can be forced."))
        elif holders:
            hints.append(_("Stop and remove them first."))
        super().__init__(_("%(name)s was not removed") % {"name": name}, words, hint=" ".join(hints))


class NameMoves(RefusedAtForm):
    """Another image bears the name; nobody said that it may move."""

    field = "reference"

    def __init__(self, reference: str, *, holder_id: str, holder_short_id: str, is_last: bool) -> None:
        self.holder_id = holder_id
        if is_last:
            words = _("%(reference)s is the only name of the image %(holder)s, which would be left without one.")
        else:
            words = _("%(reference)s is a name of the image %(holder)s, which would lose it.")
        super().__init__(
            _("This name is taken"),
            words % {"reference": reference, "holder": holder_short_id},
            hint=_("Say so if it is to move."),
        )


class LastName(Refusal):
    """With this name the image would go too."""

    status = 409

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("%(reference)s is its only name") % {"reference": reference},
            _("Taking it away would remove the image."),
            hint=_("Remove the image, or give it another name first."),
        )


def image_not_found() -> NotFoundHere:
    """The one answer for every image that is not there."""
    return NotFoundHere(
        _("There is no such image"),
        _("It may have been removed, or its name or id is misspelt."),
        hint=_("Look for it in the list of images."),
    )
