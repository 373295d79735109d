"""Long work cancelled in each of its phases: it says so, the engine stops, and no file of it stays."""

from __future__ import annotations

import io
import json
import random
import socket
import tarfile
import threading
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from scripts.private_engine import RawEngine
from tests.engines.registry_fakes import FakeRegistry
from tests.live.images.transfer.wire import IMAGES, PATIENCE_S, Wire
from tests.live.server import Server

BASE = "dockerweb/base:1"
BUILD = f"{IMAGES}build/"
MakeFake = Callable[..., FakeRegistry]


def until(holds: Callable[[], Any]) -> Any:
    """Wait until it holds; what it returned."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
    return found


class Stop:
    """Where a fake registry halts an engine: it is there, and may go on when the test has done what it wanted to."""

    def __init__(self) -> None:
        self.is_reached = threading.Event()
        self.may_go_on = threading.Event()
        self.is_left = threading.Event()

    def halt(self) -> None:
        self.is_reached.set()
        assert self.may_go_on.wait(PATIENCE_S)

    def until_left(self, handler: BaseHTTPRequestHandler) -> None:
        """Wait until the engine closes the connection."""
        handler.close_connection = True
        handler.connection.settimeout(PATIENCE_S)
        try:
            while handler.connection.recv(65536):
                pass
        except ConnectionError:
            pass
        self.is_left.set()


def cancelled(grace: Wire, begun: tuple[int, Any]) -> dict[str, Any]:
    """Cancel what runs; how it ended."""
    assert begun[0] == 202, begun
    assert grace.post(f"/activities/{begun[1]['activity']}/cancel/")[0] == 202
    ended = grace.done(begun, state="cancelled")
    assert ended["cancelled_by"] == "grace"
    return ended


def spooled(server: Server) -> list[Path]:
    return list(Path(server.folder, "data/spool").iterdir())


def activities(grace: Wire) -> list[str]:
    """The newest."""
    _, _, body = grace.ask("GET", "/activities/")
    return [each["id"] for each in json.loads(body)["activities"]]


def archive(members: int) -> bytes:
    packed = io.BytesIO()
    text = f"FROM {BASE}\nRUN sleep 800\n".encode()
    head = tarfile.TarInfo("Dockerfile")
    head.size = len(text)
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(head, io.BytesIO(text))
    parts = [packed.getvalue()[:1024]]
    parts += [tarfile.TarInfo(f"file-{number}").tobuf() for number in range(members)]
    return b"".join([*parts, bytes(1024)])


def sent(grace: Wire, content: bytes, *, part: float) -> socket.socket:
    """The upload of a build of which only a part has been sent, on a connection that is open."""
    edge = uuid.uuid4().hex
    fields = f'--{edge}\r\nContent-Disposition: form-data; name="source"\r\n\r\narchive\r\n--{edge}\r\n'
    file = 'Content-Disposition: form-data; name="archive"; filename="c.tar"\r\n\r\n'
    body = (fields + file).encode() + content + f"\r\n--{edge}--\r\n".encode()
    headers = grace.headers_to_post(content_type=f"multipart/form-data; boundary={edge}")
    lines = [f"POST {BUILD} HTTP/1.1", f"Host: 127.0.0.1:{grace.server.port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    line = socket.create_connection(("127.0.0.1", grace.server.port), timeout=PATIENCE_S)
    line.sendall("\r\n".join([*lines, "", ""]).encode() + body[: int(len(body) * part)])
    return line


def test_an_upload_that_is_cut_on_its_way_begins_nothing(live_server: Server) -> None:
    grace = Wire(live_server)
    before = activities(grace)
    sent(grace, archive(20_000), part=0.9).close()
    until(lambda: not spooled(live_server))
    assert activities(grace) == before


def test_an_upload_whose_sender_leaves_while_it_is_packed_begins_nothing(live_server: Server, raw: RawEngine) -> None:
    grace = Wire(live_server)
    before = activities(grace)
    line = sent(grace, archive(30_000), part=1)
    until(lambda: any(path.name.startswith("build-") for path in spooled(live_server)))
    line.close()
    until(lambda: not spooled(live_server))
    assert activities(grace) == before
    assert not [each for each in raw.containers() if "sleep 800" in each["Command"]]


def test_a_build_that_is_cancelled_in_a_step_leaves_no_container_and_no_file(
    live_server: Server, raw: RawEngine
) -> None:
    grace = Wire(live_server)
    begun = grace.upload(BUILD, archive(10), name="context.tar", source="archive")

    def sleeping() -> list[str]:
        return [each["Id"] for each in raw.containers() if "sleep 800" in each["Command"]]

    until(sleeping)
    assert spooled(live_server)
    cancelled(grace, begun)
    assert not spooled(live_server)
    until(lambda: not sleeping())


def test_a_pull_that_is_cancelled_before_its_first_layer_brings_nothing(
    live_server: Server, raw: RawEngine, fake_registry: MakeFake, gone: list[str]
) -> None:
    """An engine of 20.10 waits for a manifest all the same: it stops once that is here."""
    grace = Wire(live_server)
    registry, stop = fake_registry(layers=2), Stop()

    def halt(_handler: BaseHTTPRequestHandler) -> bool:
        stop.halt()
        return False

    registry.on_manifest = halt
    begun = grace.post(f"{IMAGES}pull/", image=f"{registry.address}/cancelled:1")
    assert stop.is_reached.wait(PATIENCE_S)
    cancelled(grace, begun)
    stop.may_go_on.set()
    gone.append(f"{registry.address}/pulled:1")
    grace.done(grace.post(f"{IMAGES}pull/", image=f"{registry.address}/pulled:1"))
    assert raw.get(f"/images/{registry.address}/cancelled:1/json")[0] == 404


def test_a_pull_that_is_cancelled_in_the_middle_of_a_layer_leaves_the_registry(
    live_server: Server, raw: RawEngine, fake_registry: MakeFake
) -> None:
    grace = Wire(live_server)
    registry, stop = fake_registry(layers=2), Stop()

    def half(handler: BaseHTTPRequestHandler, content: bytes) -> bool:
        if len(content) < 100_000:  # what the image is configured to do, not a layer
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        handler.close_connection = True
        try:
            for _ in range(10**6):  # a trickle: the engine sees that nobody wants it when something comes
                handler.wfile.write(content[:1000])
                stop.is_reached.set()
                time.sleep(0.01)
        except ConnectionError:
            stop.is_left.set()
        return True

    registry.on_blob = half
    begun = grace.post(f"{IMAGES}pull/", image=f"{registry.address}/cancelled:2")
    assert stop.is_reached.wait(PATIENCE_S)
    cancelled(grace, begun)
    assert stop.is_left.wait(PATIENCE_S), "the engine goes on"
    assert raw.get(f"/images/{registry.address}/cancelled:2/json")[0] == 404


def test_a_push_that_is_cancelled_in_the_middle_of_a_layer_leaves_the_registry(
    live_server: Server, raw: RawEngine, fake_registry: MakeFake, gone: list[str]
) -> None:
    grace = Wire(live_server)
    registry, stop = fake_registry(), Stop()

    def take(handler: BaseHTTPRequestHandler) -> bool:
        if handler.command == "POST":
            handler.send_response(202)
            handler.send_header("Location", f"http://{registry.address}{handler.path}one")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True
        stop.halt()  # nothing of the layer is read: the engine stands in the middle of it
        stop.until_left(handler)
        return True

    registry.on_upload = take
    large = f"{registry.address}/cancelled:1"
    gone.append(large)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo("large")
        entry.size = 16_000_000  # of what cannot be packed smaller: more than connections hold on their way
        tar.addfile(entry, io.BytesIO(random.Random(1).randbytes(entry.size)))
    created = f"/images/create?fromSrc=-&repo={registry.address}/cancelled&tag=1"
    assert raw.request("POST", created, body=packed.getvalue())[0] == 200
    begun = grace.post(f"{IMAGES}{large}/push/", reference=large)
    assert stop.is_reached.wait(PATIENCE_S)
    cancelled(grace, begun)
    stop.may_go_on.set()
    assert stop.is_left.wait(PATIENCE_S), "the engine goes on"
