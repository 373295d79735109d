"""A reader that stalls in a long log: what the server holds meanwhile, and whether all of it arrives after."""

import hashlib
import time

from bench.logs import written_log
from bench.report import claim
from bench.stage import stage
from bench.wires import OPCODE_BINARY, WebSocket, engine_body

STALL_S = 15
MOST_MIB = 32.0


def measure() -> None:
    """Print the growth of resident memory while nobody reads, and compare the bytes that come afterwards."""
    with stage() as on:
        container_id = written_log(on, "bench-stall")
        target = f"containers/{container_id}/logs"
        on.page("/hosts/local/containers/")
        before = on.resident_mib()
        line = WebSocket.to_server(on.port, f"/ws/hosts/local/{target}/?stdout=1&stderr=1&follow=0", cookie=on.cookie)
        peak = before
        for _ in range(STALL_S * 10):
            time.sleep(0.1)
            peak = max(peak, on.resident_mib())
        ours = hashlib.sha256()
        size = 0
        for opcode, payload in line.messages():
            if opcode == OPCODE_BINARY:
                ours.update(payload)
                size += len(payload)
        bare = hashlib.sha256()
        for part in engine_body(on.engine.socket_path, f"/v1.41/{target}?stdout=1&stderr=1"):
            bare.update(part)
        growth = peak - before
        print(f"resident memory grew by {growth:.1f} MiB while the reader stalled for {STALL_S} s")
        claim(f"at most {MOST_MIB:.0f} MiB", holds=growth <= MOST_MIB)
        claim(f"after it wakes, all {size} bytes equal the engine's", holds=ours.digest() == bare.digest())
