"""A pull of 20 layers that all move at once, watched by a page: what its progress costs the server."""

import contextlib
import http.client
import json
import re
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlencode

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import OPCODE_TEXT, WebSocket
from tests.engines.registry_fakes import FakeRegistry

LAYERS = 20
LAYER_BYTES = 2_000_000
PIECES = 100
PAUSE_S = 0.15
TURNS = 3
MOST_SHARE = 0.05


def _slowly(handler: BaseHTTPRequestHandler, content: bytes) -> bool:
    """Send a layer in many pieces, so that the engine has something new to tell of it all the time."""
    if len(content) < LAYER_BYTES // 2:  # the configuration
        return False
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    step = len(content) // PIECES + 1
    for start in range(0, len(content), step):
        handler.wfile.write(content[start : start + step])
        handler.wfile.flush()
        time.sleep(PAUSE_S)
    return True


def _begun(on: Stage, reference: str) -> str:
    token = re.findall(r'data-csrf="([^"]+)"', on.page("/hosts/local/images/pull/").decode())[0]
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", on.port, timeout=60)) as connection:
        headers = {
            "Cookie": on.cookie,
            "Accept": "application/json",
            "X-CSRFToken": token,
            "Origin": f"http://127.0.0.1:{on.port}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/hosts/local/images/pull/", urlencode({"image": reference}), headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        if answer.status != 202:
            raise RuntimeError(f"The pull was not begun: {answer.status} {body}")
        return str(body["activity"])


def _watched(on: Stage, activity: str) -> tuple[int, str]:
    """Read its socket to the end; how many messages of layers came, and how it ended."""
    line = WebSocket.to_server(on.port, f"/ws/activities/{activity}/", cookie=on.cookie)
    layers, state = 0, ""
    for opcode, payload in line.messages():
        if opcode == OPCODE_TEXT:
            message = json.loads(payload)
            layers += message["type"] == "layer"
            state = message["state"] if message["type"] == "state" else state
    line.close()
    return layers, state


def measure() -> None:
    """Print processor seconds a second of the server while it pulls, beside the same server doing nothing."""
    with stage(engine_settings={"max-concurrent-downloads": LAYERS}) as on:
        registry = FakeRegistry(on.engine, layers=LAYERS, layer_bytes=LAYER_BYTES)
        registry.on_blob = _slowly
        on.page("/activities/")
        idle_from, cpu_from = time.monotonic(), on.cpu_s()
        time.sleep(5)
        print(f"idle: {100 * (on.cpu_s() - cpu_from) / (time.monotonic() - idle_from):.1f} % of one core")
        shares = []
        for turn in range(TURNS):
            started, cpu_before = time.monotonic(), on.cpu_s()
            layers, state = _watched(on, _begun(on, f"{registry.address}/bench/layers:{turn}"))
            wall_s, cpu_s = time.monotonic() - started, on.cpu_s() - cpu_before
            print(f"{state} in {wall_s:.1f} s, {cpu_s:.2f} s of processor, {layers} messages of layers to the page")
            shares.append(100 * cpu_s / wall_s)
            on.raw.delete(f"/images/{registry.address}/bench/layers:{turn}?force=1")
        registry.close()
        spread(f"progress of a pull of {LAYERS} layers", shares, unit="% of one core")
        claim(f"at most {100 * MOST_SHARE:.0f} % of one core", holds=max(shares) <= 100 * MOST_SHARE)
