"""Resident memory of a server at rest."""

import time

from bench.report import claim
from bench.stage import stage

REST_S = 10
MOST_MB = 90.0


def measure() -> None:
    """Print resident memory after somebody signed in, saw the list, and left it alone for a while."""
    with stage() as on:
        on.page("/hosts/local/containers/")
        time.sleep(REST_S)
        resident = on.resident_mib()
        print(f"resident memory after {REST_S} s of rest: {resident:.1f} MiB ({resident * 1.048576:.1f} MB)")
        claim(f"at most {MOST_MB:.0f} MB", holds=resident * 1.048576 <= MOST_MB)
