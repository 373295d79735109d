"""One sample as JSON, by the names that the stats socket has for it."""

from __future__ import annotations

from typing import Any

from apps.engine.types.stats import StatsSample


def sample_json(sample: StatsSample) -> dict[str, Any]:
    """The figures; null where there is none."""
    now, block_io = sample.cpu_memory(), sample.block_io
    return {
        "read": sample.read,
        "is_running": not sample.is_empty,
        "cpu_percent": now.cpu_percent,
        "cpus": now.cpus,
        "memory_bytes": now.memory_bytes,
        "memory_limit_bytes": now.memory_limit_bytes,
        "memory_percent": now.memory_percent,
        "received_bytes": sample.received_bytes,
        "sent_bytes": sample.sent_bytes,
        "block_read_bytes": block_io.read_bytes,
        "block_written_bytes": block_io.written_bytes,
        "pids": sample.pids,
        "throttled_percent": sample.throttled_percent,
    }
