"""What an event means to us: whether it changes a list, whom it may be shown to, and whether a filter wants it."""

import json
from collections.abc import Mapping

import msgspec

from apps.engine.types.events import Event
from apps.hosts.errands import LISTING
from apps.terminals.reaper import REAPING

EXEC_KINDS = frozenset({"exec_create", "exec_start", "exec_die", "exec_detach"})
_HARMLESS = EXEC_KINDS | {
    "attach",
    "detach",
    "resize",
    "top",
    "export",
    "copy",
    "archive-path",
    "extract-to-dir",
    "commit",
}
_LISTED_TYPES = frozenset({"container", "network", "image"})
_HIDDEN_ATTRIBUTES = frozenset({"execID"})
"""An exec's id is the key to it: it stays here, whoever asks."""

_MATCHED_BY_PREFIX = frozenset({"exec_create", "exec_start", "health_status"})

_ERRANDS = (REAPING, LISTING)
_errands: dict[str, None] = {}
_ERRANDS_REMEMBERED = 1024


def alters_list(event: Event) -> bool:
    """Whether the list of containers may read differently after it."""
    return event.type in _LISTED_TYPES and not (event.type == "container" and event.action in _HARMLESS)


def is_errand(event: Event) -> bool:
    """Whether it speaks of an exec that we ran for ourselves: to end what somebody left, to list processes."""
    if event.action not in EXEC_KINDS:
        return False
    exec_id = event.attributes.get("execID", "")
    if any(name in event.action_detail for name in _ERRANDS):
        if exec_id:
            _errands[exec_id] = None
            while len(_errands) > _ERRANDS_REMEMBERED:
                del _errands[next(iter(_errands))]
        return True
    return exec_id in _errands


def as_text(event: Event, *, with_commands: bool) -> str:
    """The engine's own JSON of the event, less what must not leave: exec ids; without the right, command lines."""
    if event.action not in EXEC_KINDS:
        return event.raw.decode("utf-8", "replace")
    told = msgspec.json.decode(event.raw)
    if not isinstance(told, dict):
        return "{}"
    attributes = told.get("Actor", {}).get("Attributes") if isinstance(told.get("Actor"), dict) else None
    if isinstance(attributes, dict):
        for name in _HIDDEN_ATTRIBUTES:
            attributes.pop(name, None)
    if not with_commands:
        for name in ("Action", "status"):
            if isinstance(told.get(name), str):
                told[name] = told[name].partition(":")[0]
    return json.dumps(told, separators=(",", ":"))


class Filter:
    """The Engine's event filters, read as the Engine reads them: any value of a name, and every name."""

    def __init__(self, filters: Mapping[str, tuple[str, ...]]) -> None:
        self._filters = filters

    def wants(self, event: Event) -> bool:
        """Whether the event passes."""
        return all(any(_passes(name, value, event) for value in values) for name, values in self._filters.items())


def _passes(name: str, value: str, event: Event) -> bool:
    match name:
        case "type":
            return event.type == value
        case "event":
            whole = f"{event.action}: {event.action_detail}" if event.action_detail else event.action
            return value in (event.action, whole) or (
                event.action in _MATCHED_BY_PREFIX and whole.startswith(value) and value.startswith(event.action)
            )
        case "container" | "network" | "volume" | "plugin" | "daemon" | "service" | "node" | "secret" | "config":
            return event.type == name and _is_named(value, event)
        case "image":
            named = event.image if event.type == "container" else event.actor_id
            return event.type in ("container", "image") and (
                value in (named, named.partition(":")[0], event.name) or _is_named(value, event)
            )
        case "label":
            key, has_value, wanted = value.partition("=")
            found = event.attributes.get(key)
            return found is not None and (not has_value or found == wanted)
        case "scope":
            return event.scope == value
    return True  # the engine ignores names it does not know


def _is_named(value: str, event: Event) -> bool:
    return value in (event.actor_id, event.name) or (len(value) >= 12 and event.actor_id.startswith(value))
