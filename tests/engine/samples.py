"""Answers of real engines, kept below tests/samples/<engine version>/<OperationId>.json."""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str, engine: str = "20.10.24") -> bytes:
    """One recorded body."""
    return (SAMPLES / engine / f"{name}.json").read_bytes()
