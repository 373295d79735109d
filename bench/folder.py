"""Long folders, listed on the files page, beside the archives that the engine sends of them."""

import contextlib
import http.client
import time

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import engine_body

ENTRIES, TURNS = 10_000, 7
MANY_ENTRIES, MANY_TURNS = 100_000, 3
MOST_RATIO = 1.5
MOST_GROWTH_MIB = 64.0


def measure() -> None:
    """Print both times over several turns, one after the other, and their ratio; of many entries memory as well."""
    with stage() as on:
        _measure(on, ENTRIES, turns=TURNS)
        before_mib = on.resident_mib()
        _measure(on, MANY_ENTRIES, turns=MANY_TURNS)
        growth_mib = on.resident_mib() - before_mib
        print(
            f"resident memory: {before_mib:.0f} MiB before the folder of {MANY_ENTRIES}, {growth_mib:.0f} MiB more then"
        )
        claim(f"at most {MOST_GROWTH_MIB:.0f} MiB more", holds=growth_mib <= MOST_GROWTH_MIB)


def _measure(on: Stage, entries: int, *, turns: int) -> None:
    maker = f"mkdir /many; cd /many; seq {entries} | xargs touch"
    container_id = on.raw.container(cmd=["sh", "-c", maker], name=f"bench-folder-{entries}")
    on.raw.post(f"/containers/{container_id}/wait")
    address = f"/hosts/local/containers/{container_id}/files/?path=/many"
    bare: list[float] = []
    ours: list[float] = []
    turned: list[float] = []
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", on.port, timeout=60)) as connection:
        for turn in range(turns):
            started = time.perf_counter()
            for _part in engine_body(on.engine.socket_path, f"/v1.41/containers/{container_id}/archive?path=/many"):
                pass
            sent = time.perf_counter()
            page = on.page_over(connection, address)
            listed = time.perf_counter()
            on.page_over(connection, f"{address}&page={turn + 2}&sort=-size&kept=1")
            turned.append(time.perf_counter() - listed)
            ours.append(listed - sent)
            bare.append(sent - started)
    if str(entries).encode() not in page:
        raise RuntimeError("The page does not tell of all entries.")
    print(f"{entries} entries")
    bare_s = spread("bare archive of the folder", bare, unit="s")
    our_s = spread("files page", ours, unit="s")
    spread("its next page, in another order", turned, unit="s")
    print(f"page / bare, medians: {our_s / bare_s:.2f}")
    claim(f"at most {MOST_RATIO} times the engine's own", holds=our_s <= MOST_RATIO * bare_s)
