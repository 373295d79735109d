"""The engine's own record of a container, with the environment's values taken out."""

from __future__ import annotations

import json
from typing import Any, Final

from apps.engine.types.container_inspect import ContainerInspect

MASK: Final = "••••••"


def container_record(container: ContainerInspect, *, shows_env: bool) -> dict[str, Any]:
    """Inspect's answer as it came; unless `shows_env`, each value of `Config.Env` is `MASK`."""
    record: dict[str, Any] = json.loads(container.raw)
    return record if shows_env else masked(record)


def masked(record: dict[str, Any]) -> dict[str, Any]:
    """A copy of the record in which no value of the environment is left, whatever shape it has."""
    config = record.get("Config")
    if not isinstance(config, dict) or not config.get("Env"):
        return record
    env = config["Env"]
    names = [_masked_entry(entry) for entry in env] if isinstance(env, list) else MASK
    return {**record, "Config": {**config, "Env": names}}


def _masked_entry(entry: object) -> str:
    if not isinstance(entry, str):
        return MASK
    name, equals, _value = entry.partition("=")
    return f"{name}{equals}{MASK}" if equals else name
