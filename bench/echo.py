"""A keystroke's way through `attach`: direct to the engine, and through Dockerweb, turn by turn."""

import json
import time
from collections.abc import Iterator
from statistics import median

from bench.report import claim, percentile
from bench.stage import Stage, stage
from bench.wires import OPCODE_BINARY, OPCODE_TEXT, WebSocket

ROUNDS = 3000
WARM_UP = 200
BLOCK = 100
MOST_ADDED_P50_MS = 0.5
MOST_ADDED_P99_MS = 5.0


def _direct(stage: Stage, container_id: str) -> WebSocket:
    target = f"/v1.41/containers/{container_id}/attach/ws?stream=1&stdin=1&stdout=1&stderr=1"
    return WebSocket.to_engine(stage.engine.socket_path, target)


def _through(stage: Stage, container_id: str) -> WebSocket:
    line = WebSocket.to_server(stage.port, f"/ws/hosts/local/containers/{container_id}/attach/", cookie=stage.cookie)
    for opcode, payload in line.messages():
        if opcode == OPCODE_TEXT and json.loads(payload)["type"] == "ready":
            return line
    raise RuntimeError("The socket closed before it was ready.")


def _one_echo_ms(line: WebSocket, messages: Iterator[tuple[int, bytes]]) -> float:
    started = time.perf_counter()
    line.send(b"x")
    while True:
        opcode, payload = next(messages)
        if opcode == OPCODE_BINARY and b"x" in payload:
            return (time.perf_counter() - started) * 1000


def measure() -> None:
    """Print medians and 99th percentiles of both ways and what ours adds."""
    with stage() as on:
        figures: dict[str, list[float]] = {"direct attach/ws": [], "through Dockerweb": []}
        lines = {}
        for name, connect in (("direct attach/ws", _direct), ("through Dockerweb", _through)):
            # The TTY itself echoes what is typed; -icanon keeps its line buffer from filling up.
            container_id = on.raw.container(
                cmd=["sh", "-c", "stty -icanon; exec cat >/dev/null"], name=f"bench-{name[:6]}", tty=True
            )
            line = connect(on, container_id)
            lines[name] = (line, line.messages())
        time.sleep(1)
        for round_number in range(0, WARM_UP + ROUNDS, BLOCK):
            for name, (line, messages) in lines.items():
                block = [_one_echo_ms(line, messages) for _ in range(BLOCK)]
                if round_number >= WARM_UP:
                    figures[name] += block
        p50s, p99s = [], []
        for name, echoes in figures.items():
            p50s.append(median(echoes))
            p99s.append(percentile(echoes, percent=99))
            print(f"{name}: median {p50s[-1]:.3f} ms, 99th percentile {p99s[-1]:.3f} ms ({len(echoes)} keystrokes)")
        print(f"added at p50 {p50s[1] - p50s[0]:.3f} ms, at p99 {p99s[1] - p99s[0]:.3f} ms")
        claim(f"at most {MOST_ADDED_P50_MS} ms at p50", holds=p50s[1] - p50s[0] <= MOST_ADDED_P50_MS)
        claim(f"at most {MOST_ADDED_P99_MS} ms at p99", holds=p99s[1] - p99s[0] <= MOST_ADDED_P99_MS)
