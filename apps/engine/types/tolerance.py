"""Reading an engine's JSON without breaking on a field that is not as the reference says.

The fast way is a strict msgspec decode. Only when that fails, the answer is read field by field: a field that does not
fit is taken as missing, an item that does not fit at all is dropped, everything else stays.
"""

from __future__ import annotations

import json
import threading
import types
import typing
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec

from apps.engine.errors import ProtocolBroken

T = TypeVar("T", bound=msgspec.Struct)

_MISFIT = object()
_ODD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


_building = threading.Lock()


def _decoder(wanted: Any) -> msgspec.json.Decoder[Any]:
    with _building:
        return _built(wanted)


@lru_cache(maxsize=64)
def _built(wanted: Any) -> msgspec.json.Decoder[Any]:
    """Only one at a time: msgspec 0.22 crashes when two threads look at the same new struct at once."""
    return msgspec.json.Decoder(wanted)


def read(wanted: type[T], body: bytes) -> T:
    """Return the struct in a JSON object. Raise ProtocolBroken when `body` is no JSON object at all."""
    try:
        return cast(T, _decoder(wanted).decode(body))
    except _ODD:
        value = _plain(body)
    if not isinstance(value, dict):
        raise ProtocolBroken(f"a JSON object was expected, not {type(value).__name__}")
    return cast(T, _salvaged(value, wanted))


def read_list(wanted: type[T], body: bytes) -> list[T]:
    """Return the structs in a JSON array; null is an empty one. Raise ProtocolBroken when it is neither."""
    try:
        found: list[T] | None = _decoder(list[wanted] | None).decode(body)  # type: ignore[valid-type]
        return found or []
    except _ODD:
        value = _plain(body)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ProtocolBroken(f"a JSON array was expected, not {type(value).__name__}")
    return [cast(T, _salvaged(item, wanted)) for item in value if isinstance(item, dict)]


def _plain(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as exc:
        raise ProtocolBroken("the body is no JSON") from exc


def _salvaged(value: Any, wanted: Any) -> Any:
    """Return as much of `value` as fits the type `wanted`, _MISFIT when nothing does."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        pass
    origin = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):
        for choice in typing.get_args(wanted):
            found = _MISFIT if choice is type(None) else _salvaged(value, choice)
            if found is not _MISFIT:
                return found
        return _MISFIT
    if origin is list and isinstance(value, list):
        (inner,) = typing.get_args(wanted)
        return [found for item in value if (found := _salvaged(item, inner)) is not _MISFIT]
    if origin is dict and isinstance(value, dict):
        _, inner = typing.get_args(wanted)
        pairs = ((name, _salvaged(item, inner)) for name, item in value.items())
        return {name: found for name, found in pairs if found is not _MISFIT}
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct) and isinstance(value, dict):
        return _salvaged_struct(value, wanted)
    return _MISFIT


def _salvaged_struct(value: dict[str, Any], wanted: type[msgspec.Struct]) -> msgspec.Struct:
    fitting: dict[str, Any] = {}
    for row in msgspec.structs.fields(wanted):
        if row.encode_name in value:
            found = _salvaged(value[row.encode_name], row.type)
            if found is not _MISFIT:
                fitting[row.name] = found
    return wanted(**fitting)
