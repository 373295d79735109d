"""A folder of 10,000 files, listed on the files page, beside the archive that the engine sends of it."""

import contextlib
import http.client
import time

from bench.report import claim, spread
from bench.stage import stage
from bench.wires import engine_body

ENTRIES = 10_000
TURNS = 7
MOST_RATIO = 1.5
MAKER = f"mkdir /many; cd /many; seq {ENTRIES} | xargs touch"


def measure() -> None:
    """Print both times over several turns, one after the other, and their ratio."""
    with stage() as on:
        container_id = on.raw.container(cmd=["sh", "-c", MAKER], name="bench-folder")
        on.raw.post(f"/containers/{container_id}/wait")
        bare: list[float] = []
        ours: list[float] = []
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", on.port, timeout=60)) as connection:
            for _ in range(TURNS):
                started = time.perf_counter()
                for _part in engine_body(on.engine.socket_path, f"/v1.41/containers/{container_id}/archive?path=/many"):
                    pass
                sent = time.perf_counter()
                page = on.page_over(connection, f"/hosts/local/containers/{container_id}/files/?path=/many")
                ours.append(time.perf_counter() - sent)
                bare.append(sent - started)
        if b"10,000" not in page and str(ENTRIES).encode() not in page:
            raise RuntimeError("The page does not tell of all entries.")
        print(f"{ENTRIES} entries")
        bare_s = spread("bare archive of the folder", bare, unit="s")
        our_s = spread("files page", ours, unit="s")
        print(f"page / bare, medians: {our_s / bare_s:.2f}")
        claim(f"at most {MOST_RATIO} times the engine's own", holds=our_s <= MOST_RATIO * bare_s)
