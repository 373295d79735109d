"""What a verb may be told beside its container."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerbOptions:
    """`timeout_s` None: the container's own; `signal` None: SIGKILL for a kill, the container's own for a stop."""

    timeout_s: int | None = None
    signal: str | None = None
    is_with_volumes: bool = False
    is_forced: bool = False
