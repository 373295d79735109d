"""What templates say about sizes and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from apps.core.templatetags import ui


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1536, "1.54 kB"), (999_999, "1 MB"), (26_000_000, "26 MB"),
        (123_456_789, "123 MB"), (1.5e12, "1.5 TB"), (None, "–"),
    ],
)  # fmt: skip
def test_sizes_read_as_the_docker_command_line_writes_them(count: float | None, text: str) -> None:
    assert ui.size(count) == text


@given(st.integers(min_value=0, max_value=10**18))
def test_every_size_has_a_unit_and_no_exponent(count: int) -> None:
    text = ui.size(count)
    assert text.split(" ")[1] in ui.SIZE_UNITS
    assert "e" not in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (7200, "2 hours"), (86400, "24 hours"),
        (3 * 86400, "3 days"), (20 * 86400, "2 weeks"), (100 * 86400, "3 months"), (800 * 86400, "2 years"),
        (-5, "0 seconds"),
    ],
)  # fmt: skip
def test_lengths_of_time_are_told_in_their_greatest_unit(seconds: int, text: str) -> None:
    assert ui.span(seconds) == text
    assert ui.span(timedelta(seconds=seconds)) == text


def test_ages_take_datetimes_unix_seconds_and_the_engines_texts() -> None:
    moment = datetime.now(UTC) - timedelta(hours=3, minutes=1)
    nano = moment.strftime("%Y-%m-%dT%H:%M:%S.123456789Z")
    assert {ui.age(moment), ui.age(moment.timestamp()), ui.age(nano)} == {"3 hours"}


@pytest.mark.parametrize("seconds", [-62_167_219_200, 253_402_387_139, 1e300, float("nan")])
def test_times_that_no_calendar_holds_are_never(seconds: float) -> None:
    assert ui.age(seconds) == ui.age(None)
    assert ui.clock(seconds) == ui.clock(None)


def test_the_engines_zero_time_is_never() -> None:
    assert ui.age("0001-01-01T00:00:00Z") == "never"
    assert ui.clock("0001-01-01T00:00:00Z") == "–"
    assert ui.age("not a time") == "never"


def test_a_clock_is_a_time_element_in_utc() -> None:
    assert ui.clock("2024-05-01T12:00:00+02:00") == (
        '<time datetime="2024-05-01T10:00:00Z">2024-05-01 10:00:00 UTC</time>'
    )


def test_an_icon_cannot_break_out_of_its_element() -> None:
    text = ui.icon('x"><script>')
    assert "<script>" not in text
    assert 'href="/static/dist/icons.svg#x&quot;' in text


def test_a_socket_address_keeps_the_sub_path() -> None:
    request = RequestFactory().get("/docker/hosts/local/")
    request.path_info = "/hosts/local/"
    page = Template("{% load ui %}{% socket_url 'hosts/local/events/' %}").render(Context({"request": request}))
    assert page == "/docker/ws/hosts/local/events/"
