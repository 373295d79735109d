"""PathStat: what a container's path is, from the header `X-Docker-Container-Path-Stat`."""

from __future__ import annotations

import base64
import binascii

from msgspec import Struct, field

from apps.engine.errors import ProtocolBroken
from apps.engine.types import tolerance

_DIRECTORY, _SYMLINK, _SETUID, _SETGID, _STICKY = 1 << 31, 1 << 27, 1 << 23, 1 << 22, 1 << 20
_TYPE_BITS = 0x8F280000  # Go's ModeType: directory, symlink, device, named pipe, socket, character device, irregular


class PathStat(Struct):
    """A path in a container. `mode` is Go's FileMode, `mtime` RFC 3339; the last symlink is not followed."""

    name: str = ""
    size_bytes: int = field(name="size", default=0)
    mode: int = 0
    mtime: str = ""
    link_target: str = field(name="linkTarget", default="")

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory."""
        return bool(self.mode & _DIRECTORY)

    @property
    def is_symlink(self) -> bool:
        """Whether it is a symbolic link, to `link_target`."""
        return bool(self.mode & _SYMLINK)

    @property
    def is_regular(self) -> bool:
        """Whether it is an ordinary file."""
        return not self.mode & _TYPE_BITS

    @property
    def permissions(self) -> int:
        """Unix permission bits, setuid, setgid and sticky included: 0o755."""
        special = ((_SETUID, 0o4000), (_SETGID, 0o2000), (_STICKY, 0o1000))
        return (self.mode & 0o777) | sum(bit for mark, bit in special if self.mode & mark)

    @property
    def is_executable(self) -> bool:
        """Whether somebody may execute it."""
        return bool(self.mode & 0o111)


def path_stat_of(header: str) -> PathStat:
    """Read the header: standard base64 of JSON. Raise ProtocolBroken when it is not."""
    try:
        text = base64.b64decode(header, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise ProtocolBroken("the path stat header is no base64") from exc
    return tolerance.read(PathStat, text)
