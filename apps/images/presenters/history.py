"""The steps that made an image, as a Dockerfile would say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from apps.engine.types.images import MISSING, HistoryLayer
from apps.images.naming import short_id
from apps.images.presenters.moments import moment_of

MASK: Final = "••••••"
_NOP = re.compile(r"^[^#]*#\(nop\)\s*", re.ASCII)
"""What steps that run nothing begin with: the shell that `SHELL` named, and a mark."""
_BUILD_ARGS = re.compile(r"^(?:RUN )?\|(\d{1,4}) ", re.ASCII)
_SHELL = re.compile(r"^(?:RUN )?/bin/sh -c ", re.ASCII)
_BUILDKIT = "# buildkit"
_KEYWORD = re.compile(r"^([A-Z]{3,12})\b", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One step. `keyword` is the Dockerfile's word, `words` what follows it; `share` of all bytes in per cent.

    `offset` is where its share begins on the bar of all layers.
    """

    number: int
    id: str
    short_id: str
    created: str
    keyword: str
    words: str
    comment: str
    tags: tuple[str, ...]
    size_bytes: int
    share: float
    offset: float

    @property
    def is_empty(self) -> bool:
        """Whether it wrote nothing: it changed the settings alone."""
        return self.size_bytes == 0


def layer_rows(history: Sequence[HistoryLayer], *, shows_env: bool) -> list[LayerRow]:
    """Dress a history, the newest step first. Unless `shows_env`, values of ENV and of build arguments are masked."""
    total = sum(layer.size for layer in history)
    rows = []
    offset = 0.0
    for index, layer in enumerate(reversed(history)):
        keyword, words = instruction(layer.created_by, shows_env=shows_env)
        share = 100 * layer.size / total if total else 0.0
        known = "" if layer.id == MISSING else layer.id
        rows.append(
            LayerRow(
                number=index + 1,
                id=known,
                short_id=short_id(known),
                created=moment_of(layer.created),
                keyword=keyword,
                words=words,
                comment="" if layer.comment.startswith("buildkit.") else layer.comment,
                tags=tuple(layer.tags),
                size_bytes=layer.size,
                share=round(share, 2),
                offset=round(offset, 2),
            )
        )
        offset += share
    return rows[::-1]


def instruction(created_by: str, *, shows_env: bool) -> tuple[str, str]:
    """Read how a step was made: (the Dockerfile's word, the rest). Both builders write it in ways of their own."""
    text = created_by.strip().removesuffix(_BUILDKIT).rstrip()
    if _NOP.match(text):
        text = _NOP.sub("", text)
    else:
        arguments = _BUILD_ARGS.match(text)
        if arguments:
            return "RUN", _after_arguments(text[arguments.end() :], int(arguments[1]), shows_env=shows_env)
        if _SHELL.match(text):
            return "RUN", _SHELL.sub("", text)
    match = _KEYWORD.match(text)
    keyword, words = (match[1], text[match.end() :].strip()) if match else ("", text)
    if not shows_env and keyword in ("ENV", "ARG"):
        words = masked_pairs(words)
    return keyword, words


def masked_pairs(words: str) -> str:
    """`A=1 B=x y` without the values. Engines write them without quotation marks, so only the first name is sure."""
    match = _NAME.match(words)
    rest = words[match.end() :] if match else words
    if not rest:
        return words
    return f"{match[0]}={MASK}" if match else MASK


def _after_arguments(text: str, count: int, *, shows_env: bool) -> str:
    """`A=1 B=2 /bin/sh -c make`: the arguments if they may be seen, then the command."""
    arguments, shell, command = text.partition("/bin/sh -c ")
    if not shell:
        return text if shows_env or not count else MASK
    if not count:
        return command
    return f"{arguments if shows_env else MASK + ' '}{command}"
