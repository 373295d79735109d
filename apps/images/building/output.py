"""What a build says, line by line, as messages of an activity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.engine.types.progress import Progress
from apps.engine.wire.json_text import escaped, joined, unescaped

_STEP = re.compile(r"Step (\d{1,4})(?:/(\d{1,4}) : ([^\n]*)| : ([^\n]*)\n)", re.ASCII)
"""As the builder itself says it: with a total the line end comes apart. What a command prints ends in one."""
_BUILT = re.compile(r"Successfully built ([0-9a-f]{12,64})")
_TAGGED = re.compile(r"Successfully tagged (\S+)")
_ID = re.compile(r"sha256:[0-9a-f]{64}")
_SECRET = re.compile(r"pass|secret|token|key|credential|auth", re.IGNORECASE)
_SHORTEST_SECRET = 4
_MOST_TAGS = 100
_CONTEXT = "Downloading context"
"""What an engine calls an address that it fetches, in the place of a layer's id."""
MASK = "•••"

Message = dict[str, str | bytes | int | None]
"""As in docs/sockets.md; a text in bytes stands as JSON writes it."""
_TELLING = (b'"Step ', b'"Successfully ', b'"sha256:')
"""How text begins in which the builder tells what it does."""
_TELLING_BEGINS = frozenset(begin[1] for begin in _TELLING)
_LINE_END = rb'"\n"'
_QUOTE = ord('"')


def is_secret(name: str) -> bool:
    """Whether a build argument of this name looks like a secret."""
    return _SECRET.search(name) is not None


class Mask:
    """Takes the values of secret build arguments out of what is kept."""

    def __init__(self, build_args: dict[str, str | None]) -> None:
        values = {value for name, value in build_args.items() if value and is_secret(name)}
        longest_first = sorted((v for v in values if len(v) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._values = longest_first
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @property
    def has_values(self) -> bool:
        """Whether there is anything to take out."""
        return self._pattern is not None

    def __call__(self, text: str) -> str:
        """Return the text with every secret value replaced."""
        return self._pattern.sub(MASK, text) if self._pattern is not None else text

    def settled(self, text: str) -> int:
        """How many characters of a text no secret value can still cover, whatever comes behind it."""
        end = self._begun(text)
        if self._pattern is not None and end < len(text):
            for found in self._pattern.finditer(text):
                if found.start() < end < found.end():  # its end looks like the beginning of another one
                    return found.end()
        return end

    def _begun(self, text: str) -> int:
        """Where the beginning of a secret value stands at the end of a text; the text's end where none does."""
        earliest = len(text)
        for value in self._values:
            start = max(0, len(text) - len(value) + 1)
            while (start := text.find(value[0], start, earliest)) >= 0:
                if value.startswith(text[start:]):
                    earliest = start
                    break
                start += 1
        return earliest


@dataclass
class BuildOutput:
    """Follows a build: feed it lines, take messages, and at the end ask what became of it.

    One message holds all text that came together: a build may print a million lines, and each message costs its way.
    """

    mask: Mask
    image_id: str = ""
    tags: list[str] = field(default_factory=list)
    step: str = ""
    """The step that ran last, as the engine names it."""
    error: str = ""
    exit_code: int = 0
    _text: list[bytes] = field(default_factory=list)
    """As JSON writes it, without the quotes."""
    _has_just_stepped: bool = False
    _number: int = -1
    _has_told_id: bool = False

    def feed(self, lines: Iterable[Progress], *, is_over: bool) -> Iterator[Message]:
        """Take lines that came together, yield their messages. Half a secret waits for its rest unless it `is_over`."""
        for line in lines:
            text = bytes(line.raw_stream)
            if (
                len(text) > 2
                and text[0] == _QUOTE
                and text[1] not in _TELLING_BEGINS
                and not self._has_just_stepped
                and line.raw_error is None
                and line.error_detail is None
            ):
                self._text.append(text[1:-1])  # so it is with nearly all lines of a long build
            else:
                yield from self._line(line)
        yield from self._flush(is_over=is_over)

    def _line(self, line: Progress) -> Iterator[Message]:
        if line.error:
            self.error = self.mask(line.error)
            self.exit_code = line.exit_code
        elif line.stream:
            yield from self._stream(line)
        elif line.status:
            yield from self._flush()
            if line.id == _CONTEXT and line.current is not None:
                total = max(line.total or 0, line.current)  # the engine may not know it
                yield {"type": "progress", "what": _("Fetched by the engine"), "current": line.current, "total": total}
            elif line.id and line.raw_detail is not None:
                yield {
                    "type": "layer",
                    "id": line.id,
                    "status": line.status,
                    "current": line.current,
                    "total": line.total,
                }
            else:
                self._text.append(escaped(f"{line.id}: {line.status}\n" if line.id else f"{line.status}\n"))
        elif line.aux.get("ID"):
            self.image_id = str(line.aux["ID"])
            self._has_told_id = True

    def _flush(self, *, is_over: bool = True) -> Iterator[Message]:
        if not self._text:
            return
        piece = joined(self._text)
        self._text.clear()
        if not self.mask.has_values:
            yield {"type": "text", "text": piece}
            return
        text = unescaped(piece)
        end = len(text) if is_over else self.mask.settled(text)
        if end < len(text):
            self._text.append(escaped(text[end:]))
        if end:
            yield {"type": "text", "text": self.mask(text[:end])}

    def _stream(self, line: Progress) -> Iterator[Message]:
        raw = bytes(line.raw_stream)
        text = line.stream if raw.startswith(_TELLING) else ""
        if text and (step := _STEP.fullmatch(text)) is not None and self._is_next(int(step[1])):
            yield from self._flush()
            self.step = self.mask(step[3] or step[4] or "")
            self._number = int(step[1])
            yield {"type": "step", "number": self._number, "total": int(step[2] or 0) or None, "text": self.step}
            self._has_just_stepped = True
            return
        if self._has_just_stepped:
            self._has_just_stepped = False
            if raw == _LINE_END:  # the end of the step's own line
                return
        if text:
            self._result(text)
        self._text.append(raw[1:-1])

    def _is_next(self, number: int) -> bool:
        """Whether the builder can say this number now: a command can print what looks like any step."""
        return number == self._number + 1 or (self._number < 0 and number == 1)

    def _result(self, text: str) -> None:
        """Take what is said last, by the builder: a command may have printed the same before."""
        if self._has_told_id and not text.startswith("Successfully tagged "):
            return
        if (built := _BUILT.match(text)) is not None:
            self.image_id = built[1]
        elif _ID.fullmatch(text.strip()) is not None:  # all that a quiet build says
            self.image_id = text.strip()
        elif (tagged := _TAGGED.match(text)) is not None and len(self.tags) < _MOST_TAGS:
            self.tags.append(tagged[1])
