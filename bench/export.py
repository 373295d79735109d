"""A container of 5 GB, exported through Dockerweb, beside the bare export in the same run."""

import time

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import engine_body, server_body

GIGABYTES = 5
TURNS = 5
LEAST_RATIO = 0.8
MOST_MIB = 32.0


def _bare(stage: Stage, container_id: str) -> int:
    return sum(len(part) for part in engine_body(stage.engine.socket_path, f"/v1.41/containers/{container_id}/export"))


def _ours(stage: Stage, container_id: str, residents: list[float]) -> int:
    size = 0
    for part in server_body(stage.port, f"/hosts/local/containers/{container_id}/export/", cookie=stage.cookie):
        if size // 100_000_000 != (size + len(part)) // 100_000_000:
            residents.append(stage.resident_mib())
        size += len(part)
    return size


def measure() -> None:
    """Print both rates, their ratio, and how far the server's memory grew meanwhile."""
    with stage() as on:
        maker = f"dd if=/dev/zero of=/big bs=1M count={GIGABYTES * 1000}"
        container_id = on.raw.container(cmd=["sh", "-c", maker], name="bench-export")
        on.raw.post(f"/containers/{container_id}/wait")
        on.page("/hosts/local/containers/")
        residents = [on.resident_mib()]
        bare: list[float] = []
        ours: list[float] = []
        for _ in range(TURNS):
            for rates, read in ((bare, _bare), (ours, lambda stage, ref: _ours(stage, ref, residents))):
                started = time.perf_counter()
                size = read(on, container_id)
                rates.append(size / (time.perf_counter() - started) / 1e6)
        print(f"{size} bytes exported")
        bare_rate = spread("bare", bare, unit="MB/s")
        our_rate = spread("ours", ours, unit="MB/s")
        growth = max(residents) - residents[0]
        print(f"ours / bare, medians: {our_rate / bare_rate:.3f}; resident memory grew by {growth:.1f} MiB")
        claim(f"at least {LEAST_RATIO} of the bare rate", holds=our_rate >= LEAST_RATIO * bare_rate)
        claim(f"at most {MOST_MIB:.0f} MiB", holds=growth <= MOST_MIB)
