"""What of a container's settings is its own, and what it has from its image.

The engine merges an image's settings into those of a new container, so that an inspect shows both as one. What equals
the image's is left out here: made again without it, the container gets it from its image, a newer one included.
"""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]
Words = list[str] | None

_PLAIN = ("User", "WorkingDir", "StopSignal")
_MAPS = ("ExposedPorts", "Volumes", "Labels")


def own_config(config: Config, image: Config | None) -> Config:
    """Return the settings that make this `config` again when the engine merges those of `image` into them."""
    own = dict(config)
    if image is None:
        return own
    for name in _PLAIN:
        if own.get(name) == image.get(name):
            own.pop(name, None)
    for name in _MAPS:
        given = image.get(name) or {}
        left = {key: value for key, value in (own.get(name) or {}).items() if key not in given or given[key] != value}
        own[name] = left
    own["Env"] = _own_env(own.get("Env") or [], image.get("Env") or [])
    own["Healthcheck"] = _own_members(own.get("Healthcheck") or {}, image.get("Healthcheck") or {})
    return own | _own_command(own, image)


def _own_env(env: list[str], given: list[str]) -> list[str]:
    """Return as few of the first entries as make all of them when those of the image follow."""
    for count in range(len(env) + 1):
        names = {entry.partition("=")[0] for entry in env[:count]}
        if env[:count] + [entry for entry in given if entry.partition("=")[0] not in names] == env:
            return env[:count]
    return env


def _own_members(members: Config, given: Config) -> Config:
    return {name: value for name, value in members.items() if value != given.get(name)}


def _own_command(config: Config, image: Config) -> Config:
    """Return as little of command and entrypoint as the engine makes these of."""
    command, entrypoint = _words(config.get("Cmd")), _words(config.get("Entrypoint"))
    wanted = (entrypoint, command)
    ways: list[tuple[Words, Words]] = [
        (None, None), (None, command), ([""], command), ([], None), ([], command), (entrypoint, command),
    ]  # fmt: skip
    for way in ways:
        if _merged(*way, image=image) == wanted:
            return {"Entrypoint": way[0], "Cmd": way[1]}
    for way in ways:
        found = _merged(*way, image=image)
        if (found[0] or [], found[1] or []) == (entrypoint or [], command or []):
            return {"Entrypoint": way[0], "Cmd": way[1]}
    return {"Entrypoint": entrypoint, "Cmd": command}


def _merged(entrypoint: Words, command: Words, *, image: Config) -> tuple[Words, Words]:
    """Do as the engine does: an entrypoint keeps the image's command away, and [""] means none at all."""
    if not entrypoint:
        command = command or _words(image.get("Cmd"))
        entrypoint = _words(image.get("Entrypoint")) if entrypoint is None else entrypoint
    return None if entrypoint == [""] else entrypoint, command


def _words(value: Any) -> Words:
    return [value] if isinstance(value, str) else value
