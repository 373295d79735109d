"""What a build says, line by line, as messages of an activity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.engine.types.build import BuildLine

_STEP = re.compile(r"Step (\d+)(?:/(\d+))? : (.*)")
_BUILT = re.compile(r"Successfully built ([0-9a-f]{12,64})")
_TAGGED = re.compile(r"Successfully tagged (\S+)")
_SECRET = re.compile(r"pass|secret|token|key|credential|auth", re.IGNORECASE)
_SHORTEST_SECRET = 4
MASK = "•••"

Message = dict[str, str | int | None]


def is_secret(name: str) -> bool:
    """Whether a build argument of this name looks like a secret."""
    return _SECRET.search(name) is not None


class Mask:
    """Takes the values of secret build arguments out of what is kept."""

    def __init__(self, build_args: dict[str, str | None]) -> None:
        values = {value for name, value in build_args.items() if value and is_secret(name)}
        longest_first = sorted((v for v in values if len(v) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """Return the text with every secret value replaced."""
        return self._pattern.sub(MASK, text) if self._pattern is not None else text


@dataclass
class BuildOutput:
    """Follows a build: feed it lines, take messages, and at the end ask what became of it.

    Text is gathered: one message holds what came together, so that a talkative build costs few of them.
    """

    mask: Mask
    image_id: str = ""
    tags: list[str] = field(default_factory=list)
    step: str = ""
    """The step that ran last, as the engine names it."""
    error: str = ""
    exit_code: int = 0
    _text: list[str] = field(default_factory=list)

    def feed(self, line: BuildLine) -> Iterator[Message]:
        """Take one line; yield the messages before and for it. Text waits for `flush`."""
        if line.error:
            self.error = self.mask(line.error)
            self.exit_code = line.error_detail.code if line.error_detail is not None else 0
        elif line.stream:
            yield from self._stream(line.stream)
        elif line.status:
            yield from self.flush()
            detail = line.detail
            if line.id and detail is not None:
                yield {
                    "type": "layer",
                    "id": line.id,
                    "status": line.status,
                    "current": detail.current,
                    "total": detail.total,
                }
            else:
                self._text.append(self.mask(f"{line.id}: {line.status}\n" if line.id else f"{line.status}\n"))
        elif line.aux is not None and line.aux.id:
            self.image_id = line.aux.id

    def flush(self) -> Iterator[Message]:
        """Yield the text that waits."""
        if self._text:
            yield {"type": "text", "text": "".join(self._text)}
            self._text.clear()

    def _stream(self, text: str) -> Iterator[Message]:
        step = _STEP.fullmatch(text.strip("\n"))
        if step is not None:
            yield from self.flush()
            self.step = self.mask(step[3])
            total = int(step[2]) if step[2] else None
            yield {"type": "step", "number": int(step[1]), "total": total, "text": self.step}
            return
        if (built := _BUILT.match(text)) is not None and not self.image_id:
            self.image_id = built[1]
        elif (tagged := _TAGGED.match(text)) is not None:
            self.tags.append(tagged[1])
        self._text.append(self.mask(text))
