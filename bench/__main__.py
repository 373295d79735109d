"""Run the named measurements, or all of them: `python -m bench [name …]`; MEASUREMENTS lists them."""

import sys
from collections.abc import Callable

from bench import build, containers, echo, events, export, folder, form, images, logs, memory, pull, stall

MEASUREMENTS: dict[str, Callable[[], None]] = {
    "memory": memory.measure,
    "echo": echo.measure,
    "logs": logs.measure,
    "stall": stall.measure,
    "events": events.measure,
    "containers": containers.measure,
    "images": images.measure,
    "form": form.measure,
    "folder": folder.measure,
    "export": export.measure,
    "pull": pull.measure,
    "build": build.measure,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(MEASUREMENTS)}.", file=sys.stderr)
        return 2
    for name in names or MEASUREMENTS:
        print(f"== {name}", flush=True)
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
