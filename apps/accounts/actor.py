"""Who acts: a snapshot of the signed-in person, taken once per request or socket."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an account may, as one word; apps.access.roles says what it means."""

    ADMIN = "admin"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. `role` is None for nobody; compares and hashes by value."""

    user_id: int | None
    username: str
    role: Role | None

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


ANONYMOUS: Final = Actor(user_id=None, username="", role=None)
