"""What every test may use. The fixtures live beside what they start: engines/private, live/server, browser/fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import podman, versions

pytest_plugins = [
    "tests.engines.private",
    "tests.engines.images",
    "tests.engines.registry",
    "tests.engines.registry_fakes",
    "tests.live.server",
    "tests.browser.fixtures",
]

# The same examples in each run: a run that failed fails again.
settings.register_profile(
    "dockerweb",
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("dockerweb")

_TESTS = Path(__file__).parent
_MARKED = ("live", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies below live/ and browser/, and run in the order unit, live, browser.

    The browser comes last because Playwright's sync API leaves an event loop standing in this thread.
    """
    rank: dict[pytest.Item, int] = {}
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0] if item.path.is_relative_to(_TESTS) else ""
        if folder in _MARKED:
            item.add_marker(folder)
        rank[item] = _MARKED.index(folder) + 1 if folder in _MARKED else 0
    items.sort(key=lambda item: rank[item])
    if not versions.IS_DEFAULT:
        versions.leave_out_too_old(items)
    if versions.IS_PODMAN:
        podman.leave_out(items)
