"""A command as it was pasted: which part of it is the command, and what a shell would have put into it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

_PROMPT = re.compile(r"[#$]\s+")
_COMMAND = re.compile(r"([#$]\s+)?(sudo\s+)?(docker|podman|nerdctl)\s")
_NEXT_LINE = re.compile(r"[\\`^][ \t]*\n")
"""How a line goes on in the next one: in a shell, in PowerShell, in the command prompt of Windows."""
_PLACEHOLDER = re.compile(r"<[A-Za-z][\w. -]{0,60}>")
_OPERATOR = re.compile(r"(?:(?<=\s)[0-9])?[<>]|[;|&]")
_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w*|\{[^}\n]{0,200}\}|[0-9?#@*!$-])")
_HOME = re.compile(r"(?<![^\s])~(?=[/\s:]|$)")
_TELLING = frozenset("'\"\\$`^#~<>;|&0123456789")
_BACKTICKS = re.compile(r"`[^`\n]*`")


@dataclass(slots=True)
class Pasted:
    """`text` is one command without its comments; `others` came after it; `unexpanded` a shell would have replaced."""

    text: str
    others: list[str] = field(default_factory=list)
    unexpanded: list[str] = field(default_factory=list)


def pasted(text: str) -> Pasted:
    """Return the first command of what was pasted. What a shell would replace stays as it is, as part of its word."""
    line, others = _first_command(text)
    scan = _Scan(line)
    scan.run()
    rest = [each for each in (scan.rest.strip(), *others) if each]
    return Pasted("".join(scan.out), rest, list(dict.fromkeys(scan.unexpanded)))


def _first_command(text: str) -> tuple[str, list[str]]:
    """Return the first command without the comments around it, and the others that were pasted with it.

    Nothing is cut within quotes. Lines without a backslash at their end still go on: pages lose them.
    """
    kept: list[str] = []
    lines = text.split("\n")
    quote, goes_on = "", False
    for at, line in enumerate(lines):
        begins = line.strip()
        if not quote:
            is_command = _COMMAND.match(begins)
            if begins.startswith("#") and not is_command:
                continue
            if kept and is_command and not goes_on:
                return "\n".join(kept), [each for each in map(str.strip, lines[at:]) if each]
        prompt = None if kept else _PROMPT.match(begins)
        kept.append(begins[prompt.end() :] if prompt else line)
        quote, goes_on = _quote_after(line, quote)
    return "\n".join(kept), []


def _quote_after(line: str, quote: str) -> tuple[str, bool]:
    """Return the quote that is open after a line, "" for none, and whether its end joins the next line to it."""
    characters = iter(line)
    for character in characters:
        if character == "\\" and quote != "'":
            if next(characters, None) is None:
                return quote, True
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
    return quote, not quote and line.rstrip().endswith((" `", " ^"))


class _Scan:
    """Goes over a command once, as a shell does before it looks at the words."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._quote = ""
        self.out: list[str] = []
        self.rest = ""
        self.unexpanded: list[str] = []

    def run(self) -> None:
        line = self._line
        while self._at < len(line):
            character = line[self._at]
            if character not in _TELLING or (self._quote == "'" and character != "'"):
                self._keep(1)
            elif character == "\\":
                self._backslash()
            elif character in "'\"":
                if self._quote in ("", character):
                    self._quote = "" if self._quote else character
                self._keep(1)
            elif not self._replaced() and (self._quote or not self._ends()):
                self._keep(1)
            if self.rest:
                return

    def _keep(self, length: int) -> None:
        self.out.append(self._line[self._at : self._at + length])
        self._at += length

    def _backslash(self) -> None:
        joint = _NEXT_LINE.match(self._line, self._at) if not self._quote else None
        if joint:
            self._skip(joint.end())
        else:
            self._keep(2)

    def _skip(self, to: int) -> None:
        self.out.append(" ")
        self._at = to

    def _replaced(self) -> bool:
        """Take what a shell would replace as it stands: it is part of one word, whatever it holds."""
        line, at = self._line, self._at
        if not self._quote and (joint := _NEXT_LINE.match(line, at)):
            self._skip(joint.end())
            return True
        if line.startswith("$(", at):
            end = _after_parenthesis(line, at + 1)
        else:
            match = _VARIABLE.match(line, at) or _BACKTICKS.match(line, at)
            match = match or (None if self._quote else _HOME.match(line, at))
            if match is None:
                return False
            end = match.end()
        words = line[at:end]
        self.unexpanded.append(words)
        self.out.append(re.sub(r'(["\\])', r"\\\1", words) if self._quote else shlex.quote(words))
        self._at = end
        return True

    def _ends(self) -> bool:
        """Whether the command ends here, which leaves the rest; comments and placeholders are no end."""
        line, at = self._line, self._at
        if line[at] == "#" and (at == 0 or line[at - 1].isspace()):
            end = line.find("\n", at)
            self._skip(len(line) if end < 0 else end)
            return True
        if placeholder := _PLACEHOLDER.match(line, at):
            self.out.append(shlex.quote(placeholder[0]))
            self._at = placeholder.end()
            return True
        if _OPERATOR.match(line, at):
            self.rest = line[at:]
            return True
        return False


def _after_parenthesis(line: str, at: int) -> int:
    depth = 0
    for index in range(at, len(line)):
        depth += {"(": 1, ")": -1}.get(line[index], 0)
        if depth == 0:
            return index + 1
    return len(line)
