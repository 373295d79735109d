"""What a field of the create form is: how it is written, and where its value stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Union

from apps.engine.operations import NETWORK_CONNECT
from apps.engine.types.container_create import SINCE, UNTIL
from apps.engine.version import FLOOR, ApiVersion

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Kind(StrEnum):
    """How a field is written, and what is made of it."""

    TEXT = "text"
    CHOICE = "choice"
    TICK = "tick"
    TRISTATE = "tristate"
    INTEGER = "integer"
    SIZE = "size"
    CPUS = "cpus"
    DURATION = "duration"
    ARGV = "argv"
    LINES = "lines"
    PAIRS = "pairs"
    ENV = "env"
    PORTS = "ports"
    EXPOSE = "expose"
    BINDS = "binds"
    MOUNTS = "mounts"
    NETWORKS = "networks"
    TMPFS = "tmpfs"
    DEVICES = "devices"
    GPUS = "gpus"
    ULIMITS = "ulimits"
    WEIGHTS = "weights"
    BYTE_RATES = "byte_rates"
    RATES = "rates"
    HEALTH = "health"
    HEALTH_OFF = "health_off"
    UNMASK = "unmask"

    @property
    def is_list(self) -> bool:
        """Whether the text has a line for each entry."""
        return self in _MANY


_MANY = frozenset(
    {
        Kind.LINES, Kind.PAIRS, Kind.ENV, Kind.PORTS, Kind.EXPOSE, Kind.BINDS, Kind.MOUNTS, Kind.NETWORKS, Kind.TMPFS,
        Kind.DEVICES, Kind.GPUS, Kind.ULIMITS, Kind.WEIGHTS, Kind.BYTE_RATES, Kind.RATES,
    }
)  # fmt: skip

_BESIDE_THE_BODY = {"?platform": ApiVersion(1, 41), "?networks": NETWORK_CONNECT.since}

Words = Union[str, "_StrPromise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A row. `flag` is the option of docker run ("" for none), `compose` the key of a compose service."""

    name: str
    kind: Kind
    path: str
    label: Words
    flag: str = ""
    aliases: tuple[str, ...] = ()
    compose: str = ""
    help: Words = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: str = ""
    """What engines set when nothing is said: a duplicate leaves it unsaid where the engine would not know the field."""

    @property
    def reference(self) -> str:
        """The member's name in the reference."""
        return self.path.replace("@", "NetworkingConfig.EndpointsConfig.*.")

    @property
    def since(self) -> ApiVersion:
        """The API version that brought it."""
        if self.path.startswith("@"):
            return max(ApiVersion(1, 22), SINCE.get(self.reference, FLOOR))
        if self.path.startswith("?"):
            return _BESIDE_THE_BODY.get(self.path, FLOOR)
        return SINCE.get(self.path, SINCE.get(self.path.split(".")[0], FLOOR))

    def is_in(self, version: ApiVersion) -> bool:
        """Whether an engine spoken to in this version has it."""
        until = UNTIL.get(self.path)
        return self.since <= version and (until is None or version < until)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together."""

    name: str
    label: Words
    fields: tuple[Field, ...]
