"""`make test-engines`: what decides, and what is said."""

from __future__ import annotations

import pytest

from scripts import test_engines
from scripts.test_engines import Ran


@pytest.mark.parametrize(
    ("is_green", "is_known", "status"), [(True, True, 0), (False, True, 1), (False, False, 0), (True, False, 0)]
)
def test_only_an_engine_that_was_tried_makes_the_run_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_green: bool, is_known: bool, status: int
) -> None:
    asked: list[list[str]] = []

    def run(name: str, words: list[str]) -> Ran:
        asked.append(words)
        return Ran(name, "28.5.2 (API 1.24-1.51)", is_green, "317 passed, 3 failed", 12.4, is_known)

    monkeypatch.setattr(test_engines, "run", run)
    monkeypatch.setattr(test_engines, "note", lambda lines: None)
    assert test_engines.main(["28.5", "--", "tests/live", "-k", "x"]) == status
    assert asked == [["tests/live", "-k", "x"]]
    said = capsys.readouterr().out
    assert "28.5: 317 passed, 3 failed in 12 s (28.5.2 (API 1.24-1.51))" in said
    assert ("not counted" in said) is not is_known


def test_an_engine_that_nobody_knows_is_refused() -> None:
    assert test_engines.main(["19.03"]) == 2
