from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.version import CEILING, FLOOR, ApiVersion


def test_versions_compare_by_number_not_by_text() -> None:
    assert ApiVersion.parse("1.9") < ApiVersion.parse("1.10") < ApiVersion.parse("2.0")
    assert FLOOR < CEILING


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_a_written_version_reads_back(major: int, minor: int) -> None:
    version = ApiVersion(major, minor)
    assert ApiVersion.parse(str(version)) == ApiVersion.parse(f"v{version}") == version


def test_a_third_number_is_dropped() -> None:
    assert ApiVersion.parse("1.41.1") == ApiVersion(1, 41)


@pytest.mark.parametrize("text", ["", "1", "1.", ".41", "one.two", "1.41-rc1", "-1.2", "1.٤", "1.41\n2"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an API version"):
        ApiVersion.parse(text)
