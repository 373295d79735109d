"""How a figure is printed: median, minimum and maximum of its turns, and the claim beside it."""

from collections.abc import Sequence
from statistics import median, quantiles


def spread(name: str, figures: Sequence[float], *, unit: str) -> float:
    """Print median, minimum and maximum of `figures`; return the median."""
    middle = median(figures)
    turns = len(figures)
    print(f"{name}: median {middle:.3f}, min {min(figures):.3f}, max {max(figures):.3f} {unit} ({turns} turns)")
    return middle


def percentile(figures: Sequence[float], *, percent: int) -> float:
    """Return the figure that `percent` of a hundred figures stay below."""
    return quantiles(figures, n=100)[percent - 1]


def claim(sentence: str, *, holds: bool) -> None:
    """Print what is claimed and whether this run bears it out."""
    print(f"  claimed: {sentence}: {'holds' if holds else 'DOES NOT HOLD'}", flush=True)
