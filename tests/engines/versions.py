"""Which versions of the API the suite speaks with the engine under test; known before it starts, to make tests of.

Debian 12's engine, the default, speaks everything from 1.12 to 1.41, so old clients are tested on it. Of another one
TEST_ENGINE_API tells the range ("1.24-1.51"), as scripts/test_engines.py heard it from the engine.
"""

from __future__ import annotations

import os
import re

import pytest

from apps.engine.version import CEILING, ApiVersion

IS_DEFAULT = not os.environ.get("TEST_ENGINE")
IS_PODMAN = os.environ.get("TEST_ENGINE") == "podman"
_LEAST, _MOST = (ApiVersion.parse(text) for text in os.environ.get("TEST_ENGINE_API", "1.24-1.41").split("-"))
OLDEST = "1.20" if IS_DEFAULT else str(max(ApiVersion(1, 25), _LEAST))
NEWEST = "1.41" if IS_DEFAULT else str(min(CEILING, _MOST))
PINNED = ("1.20", "1.25", "1.33", "1.41") if IS_DEFAULT else (OLDEST, NEWEST)


def spoken(*versions: str) -> tuple[str, ...]:
    """Return what stands for these versions with the engine under test: 1.41 is its newest, too old ones its oldest."""
    if IS_DEFAULT:
        return versions
    oldest = ApiVersion.parse(OLDEST)
    found = [NEWEST if version == "1.41" else str(max(ApiVersion.parse(version), oldest)) for version in versions]
    return tuple(dict.fromkeys(found))


needs_old_wire = pytest.mark.skipif(not IS_DEFAULT, reason="this engine does not speak API 1.20")
"""For a test that pins a version before 1.24."""


def leave_out_too_old(items: list[pytest.Item]) -> None:
    """Skip what would pin a version that the engine under test has no more, for tests that did not ask us."""
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        wanted = str(params.get("version", ""))
        if re.fullmatch(r"1\.\d+", wanted) and ApiVersion.parse(wanted) < _LEAST and "live" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"this engine does not speak API {wanted}"))
