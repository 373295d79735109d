"""What we refuse, in words for the person who asked.

Refusal
├── InvalidInput   400  what was sent cannot be meant; `.field` names the form field
├── AccessDenied   403  signed in, but without the right
├── NotFoundHere   404  no such thing, or none that this person may see: the two look alike
├── TooLarge       413
├── RefusedAtForm  409  the present state is in the way; `.field` names the form field
└── Unavailable    503  we ourselves cannot do it now
"""

from __future__ import annotations

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A request that we refuse: its HTTP status, and words (`title`, `detail`, `hint`; the last two may be empty)."""

    status = 400

    def __init__(self, title: str, detail: str = "", *, hint: str = "", status: int | None = None) -> None:
        super().__init__(f"{title} {detail}".strip())
        self.title = title
        self.detail = detail
        self.hint = hint
        if status is not None:
            self.status = status


class InvalidInput(Refusal):
    status = 400

    def __init__(self, title: str, detail: str = "", *, hint: str = "", field: str | None = None) -> None:
        super().__init__(title, detail, hint=hint)
        self.field = field


class AccessDenied(Refusal):
    status = 403

    def __init__(self, title: str = "", detail: str = "", *, hint: str = "") -> None:
        super().__init__(
            title or _("You may not do this."),
            detail or _("Your account does not have this right."),
            hint=hint or _("An admin can give it to you."),
        )


class NotFoundHere(Refusal):
    status = 404

    def __init__(self, title: str = "", detail: str = "", *, hint: str = "") -> None:
        super().__init__(title or _("There is nothing here."), detail, hint=hint)


class TooLarge(Refusal):
    status = 413


class Unavailable(Refusal):
    status = 503


class RefusedAtForm(Refusal):
    """A refusal that belongs beside what was typed: at `field`, or above them all."""

    status = 409
    field: str | None = None
