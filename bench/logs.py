"""Log throughput from the engine to a browser's socket, beside the bare Engine API's in the same run."""

import time

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import OPCODE_BINARY, WebSocket, engine_body

LINES = 1_000_000
TURNS = 5
LEAST_RATIO = 0.9
# 97 bytes a line with its newline.
WRITER = f"awk 'BEGIN {{ for (i = 1; i <= {LINES}; i++) printf \"%09d {'x' * 86}\\n\", i }}'"


def written_log(stage: Stage, name: str) -> str:
    """Return the id of a container that wrote a million lines and ended."""
    container_id = stage.raw.container(cmd=["sh", "-c", WRITER], name=name)
    status, answer = stage.raw.post(f"/containers/{container_id}/wait")
    if status != 200 or answer["StatusCode"] != 0:
        raise RuntimeError(f"The writer ended with {answer}.")
    return container_id


def bare_bytes(stage: Stage, container_id: str) -> int:
    """Read the whole log from the engine; return its size in bytes."""
    target = f"/v1.41/containers/{container_id}/logs?stdout=1&stderr=1"
    return sum(len(part) for part in engine_body(stage.engine.socket_path, target))


def _our_bytes(stage: Stage, container_id: str) -> int:
    target = f"/ws/hosts/local/containers/{container_id}/logs/?stdout=1&stderr=1&follow=0"
    line = WebSocket.to_server(stage.port, target, cookie=stage.cookie)
    return sum(len(payload) for opcode, payload in line.messages() if opcode == OPCODE_BINARY)


def measure() -> None:
    """Print both rates over several turns, one after the other, and their ratio."""
    with stage() as on:
        container_id = written_log(on, "bench-writer")
        bare: list[float] = []
        ours: list[float] = []
        for _ in range(TURNS):
            for rates, read in ((bare, bare_bytes), (ours, _our_bytes)):
                started = time.perf_counter()
                size = read(on, container_id)
                rates.append(size / (time.perf_counter() - started) / 1e6)
        print(f"{LINES} lines, {size} bytes on the wire")
        bare_rate = spread("bare", bare, unit="MB/s")
        our_rate = spread("ours", ours, unit="MB/s")
        print(f"ours / bare, medians: {our_rate / bare_rate:.3f}")
        claim(f"at least {LEAST_RATIO} of the bare rate", holds=our_rate >= LEAST_RATIO * bare_rate)
