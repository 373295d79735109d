"""A build that prints 100 MB, watched by a page, beside the bare API; and a context of 2 GB: memory stays flat."""

import contextlib
import functools
import http.client
import io
import json
import re
import socket
import tarfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import OPCODE_TEXT, READ_BYTES, EngineConnection, WebSocket

LINES = 1_000_000
LINE_BYTES = 100
TURNS = 7
CONTEXT_BYTES = 2_000_000_000
LEAST_RATIO = 0.9
MOST_MIB = 48.0
PATH = "/hosts/local/images/build/"
_PRINTER = f"RUN yes {'x' * (LINE_BYTES - 1)} | head -n {LINES}"


def _dockerfile(turn: int) -> str:
    return f"FROM dockerweb/base:1\nLABEL turn={turn}\n{_PRINTER}\n"


def _bare(on: Stage, turn: int) -> int:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        text = _dockerfile(turn).encode()
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    size = 0
    with contextlib.closing(EngineConnection(on.engine.socket_path)) as connection:
        headers = {"Content-Type": "application/x-tar"}
        connection.request("POST", "/v1.41/build?nocache=1&rm=1", packed.getvalue(), headers)
        answer = connection.getresponse()
        while part := answer.read(READ_BYTES):
            size += len(part)
    return size


@functools.cache
def _token(on: Stage) -> str:
    """Of the page that has been open since before the clock runs."""
    return str(re.findall(r'data-csrf="([^"]+)"', on.page(PATH).decode())[0])


def _begun(on: Stage, body: Iterator[bytes], *, kind: str, size: int) -> str:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", on.port, timeout=600)) as connection:
        headers = {
            "Cookie": on.cookie,
            "Accept": "application/json",
            "X-CSRFToken": _token(on),
            "Origin": f"http://127.0.0.1:{on.port}",
            "Content-Type": kind,
            "Content-Length": str(size),
        }
        connection.request("POST", PATH, body, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        if answer.status != 202:
            raise RuntimeError(f"The build was not begun: {answer.status} {said}")
        return str(said["activity"])


def _watched(on: Stage, activity: str) -> tuple[int, str]:
    """Read its socket to the end: characters of text that came, and how it ended."""
    line = WebSocket.to_server(on.port, f"/ws/activities/{activity}/", cookie=on.cookie)
    line.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)
    size, state = 0, ""
    for opcode, payload in line.messages():
        if opcode != OPCODE_TEXT:
            continue
        if payload.startswith(b'{"type":"text"'):
            size += len(payload)
        elif (message := json.loads(payload))["type"] == "state":
            state = message["state"]
    line.close()
    return size, state


def _ours(on: Stage, turn: int) -> int:
    fields = urlencode({"source": "typed", "dockerfile_text": _dockerfile(turn), "no_cache": "on"}).encode()
    activity = _begun(on, iter([fields]), kind="application/x-www-form-urlencoded", size=len(fields))
    size, state = _watched(on, activity)
    if state != "done":
        raise RuntimeError(f"The build has ended as {state}.")
    return size


@contextlib.contextmanager
def _memory(on: Stage) -> Iterator[list[float]]:
    """Resident memory of the server: before, and again and again until the block ends."""
    seen, is_over = [on.resident_mib()], threading.Event()

    def look() -> None:
        while not is_over.wait(0.1):
            seen.append(on.resident_mib())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()


def _output(on: Stage) -> None:
    bare: list[float] = []
    ours: list[float] = []
    turns: tuple[tuple[list[float], Callable[[Stage, int], int]], ...] = ((bare, _bare), (ours, _ours))
    for turn in range(TURNS):
        for rates, build in turns:
            started, cpu_before = time.perf_counter(), on.cpu_s()
            size = build(on, turn)
            rates.append(LINES * LINE_BYTES / (time.perf_counter() - started) / 1e6)
            print(f"{size} bytes came; the server took {on.cpu_s() - cpu_before:.2f} s of processor")
    bare_rate = spread("bare", bare, unit="MB/s of output")
    our_rate = spread("ours", ours, unit="MB/s of output")
    print(f"ours / bare, medians: {our_rate / bare_rate:.3f}")
    claim(f"at least {LEAST_RATIO} of the bare rate", holds=our_rate >= LEAST_RATIO * bare_rate)


def _form_of(edge: str) -> tuple[bytes, bytes]:
    """What stands before and behind the archive in a form."""
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="source"\r\n\r\narchive\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="archive"; filename="context.tar"\r\n'
        "Content-Type: application/x-tar\r\n\r\n"
    )
    return head.encode(), f"\r\n--{edge}--\r\n".encode()


def _context() -> Iterator[bytes]:
    """A tar with a Dockerfile that needs none of the 2 GB beside it."""
    text = b"FROM dockerweb/base:1\nRUN echo built\n"
    for name, size in (("Dockerfile", len(text)), ("big", CONTEXT_BYTES)):
        entry = tarfile.TarInfo(name)
        entry.size = size
        yield entry.tobuf()
        if name == "Dockerfile":
            yield text + bytes(-len(text) % 512)
            continue
        piece = bytes(READ_BYTES)
        for _ in range(size // READ_BYTES):
            yield piece
        yield bytes(size % READ_BYTES) + bytes(-size % 512)
    yield bytes(1024)


def _large_context(on: Stage) -> None:
    edge = uuid.uuid4().hex
    head, tail = _form_of(edge)
    size = len(head) + sum(map(len, _context())) + len(tail)

    def body() -> Iterator[bytes]:
        yield head
        yield from _context()
        yield tail

    started = time.perf_counter()
    activity = _begun(on, body(), kind=f"multipart/form-data; boundary={edge}", size=size)
    begun_s = time.perf_counter() - started
    _, state = _watched(on, activity)
    took_s = time.perf_counter() - started
    print(f"a context of {size} bytes: taken and packed in {begun_s:.1f} s, {state} after {took_s:.1f} s")


def measure() -> None:
    """Print both rates, their ratio, and how far the server's memory grew, there and with a large context."""
    with stage() as on:
        _ours(on, -1)
        for name, act in (("100 MB of output", _output), ("2 GB of context", _large_context)):
            with _memory(on) as seen:
                act(on)
            growth = max(seen) - seen[0]
            print(f"{name}: resident memory grew by {growth:.1f} MiB at most")
            claim(f"at most {MOST_MIB:.0f} MiB", holds=growth <= MOST_MIB)
