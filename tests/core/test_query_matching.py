"""Stars in what is looked for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.query.matching import label_test, text_test

letters = st.text("ab", max_size=8)


@given(st.text("ab*", max_size=8).filter(lambda value: "*" in value), letters)
def test_a_star_stands_for_anything(value: str, text: str) -> None:
    assert text_test(value)(text) is (re.fullmatch(value.replace("*", ".*"), text) is not None)


@pytest.mark.parametrize(("value", "is_met"), [("a*a", False), ("a*", True), ("*", True), ("**", True), ("b*", False)])
def test_what_stands_before_and_behind_a_star_are_not_the_same_letters(value: str, is_met: bool) -> None:
    assert text_test(value)("a") is is_met


def test_no_line_takes_longer_than_its_label_is_long() -> None:
    """A regular expression would take years: this test ends, or it does not."""
    assert not label_test("x=" + "*a" * 60 + "*b")({"x": "a" * 4000})
    assert label_test("x=" + "*a" * 60 + "*b")({"x": "a" * 4000 + "b"})
