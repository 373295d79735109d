"""The one image everything here stands on, made from Debian's static busybox: there is no registry to pull from."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from urllib.parse import urlencode

from scripts.private_engine.raw import RawEngine

BASE_IMAGE = "dockerweb/base:1"
_BUSYBOX = Path("/bin/busybox")
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nworker:x:1000:1000:worker:/home/worker:/bin/sh\n"
_GROUP = "root:x:0:\nworker:x:1000:\n"


def make_base_image(socket_path: str | Path) -> str:
    """Import `dockerweb/base:1` (busybox, its applets as links, two users, CMD sh) unless it is there; its name."""
    raw = RawEngine(socket_path, timeout_s=120)
    if raw.get(f"/images/{BASE_IMAGE}/json")[0] == 200:
        return BASE_IMAGE
    repository, tag = BASE_IMAGE.split(":")
    changes = ['CMD ["sh"]', "ENV PATH=/bin:/usr/bin", "WORKDIR /"]
    query = urlencode({"fromSrc": "-", "repo": repository, "tag": tag, "changes": changes}, doseq=True)
    headers = {"Content-Type": "application/x-tar"}
    status, answer = raw.request("POST", f"/images/create?{query}", body=_root_file_system(), headers=headers)
    if status == 200 and raw.get(f"/images/{BASE_IMAGE}/json")[0] == 404:  # Podman forgets the tag
        status, answer = raw.post(f"/images/{repository}/tag?{urlencode({'repo': repository, 'tag': tag})}")
    if status not in (200, 201) or raw.get(f"/images/{BASE_IMAGE}/json")[0] != 200:
        raise RuntimeError(f"the engine did not import the base image: {status} {answer}")
    return BASE_IMAGE


def _root_file_system() -> bytes:
    if not _BUSYBOX.exists():
        raise RuntimeError("/bin/busybox is missing: apt-get install busybox-static")
    listed = subprocess.run([str(_BUSYBOX), "--list"], check=True, capture_output=True, text=True).stdout
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for folder, mode in (
            ("bin", 0o755),
            ("etc", 0o755),
            ("tmp", 0o1777),
            ("root", 0o700),
            ("home", 0o755),
            ("home/worker", 0o755),
            ("var", 0o755),
            ("www", 0o755),
        ):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            if folder.endswith("worker"):
                entry.uid = entry.gid = 1000
            tar.addfile(entry)
        _add(tar, "bin/busybox", _BUSYBOX.read_bytes(), mode=0o755)
        _add(tar, "etc/passwd", _PASSWD.encode(), mode=0o644)
        _add(tar, "etc/group", _GROUP.encode(), mode=0o644)
        for applet in listed.split():
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname, link.mode = tarfile.SYMTYPE, "busybox", 0o777
                tar.addfile(link)
    return packed.getvalue()


def _add(tar: tarfile.TarFile, path: str, content: bytes, *, mode: int) -> None:
    entry = tarfile.TarInfo(path)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
