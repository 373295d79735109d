"""A container's files as the engine itself takes and gives them: tests fill containers so, and look into them."""

from __future__ import annotations

import io
import tarfile
from typing import Any
from urllib.parse import quote

from scripts.private_engine import RawEngine
from scripts.private_engine.raw import _UnixConnection


def members_of(archive: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {one.name: one for one in tar}


def content_of(raw: RawEngine, container_id: str, path: str) -> bytes:
    """A file's content as the engine itself sends it."""
    with tarfile.open(fileobj=io.BytesIO(engine_tar(raw, container_id, path))) as tar:
        found = tar.extractfile(tar.getmembers()[0])
        assert found is not None
        return found.read()


def engine_tar(raw: RawEngine, container_id: str, path: str) -> bytes:
    connection = _UnixConnection(raw.socket_path, timeout_s=60)
    try:
        connection.request("GET", f"/containers/{container_id}/archive?path={quote(path, errors='surrogateescape')}")
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body
    finally:
        connection.close()


def put(raw: RawEngine, container_id: str, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    """Make files in a container that need not run."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    status, answer = raw.request("PUT", f"/containers/{container_id}/archive?path=/", body=packed.getvalue())
    assert status == 200, answer


def member(name: bytes | str, kind: bytes = tarfile.REGTYPE, **facts: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
    made.type, made.mode, made.mtime = kind, 0o640, 1_700_000_000
    for fact, value in facts.items():
        setattr(made, fact, value)
    return made
