"""What the address of a socket may ask for."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import InvalidInput
from apps.terminals.messages import Resize
from apps.terminals.query import parse_attach, parse_events, parse_exec, parse_logs


def asked(*fields: tuple[str, str]) -> bytes:
    return urlencode(fields).encode()


@pytest.mark.parametrize("moment", ["0", "1795249069", "1795249069.7", "1795249069.704460448"])
def test_moments_are_unix_seconds_with_up_to_nine_decimals(moment: str) -> None:
    assert parse_logs(asked(("since", moment), ("until", moment))).since == moment
    assert parse_events(asked(("since", moment))).since == moment


@pytest.mark.parametrize(
    "moment", ["10m", "2026-01-01T00:00:00Z", "-1", "1e9", "1.", ".5", "١٢", "1795249069704460448", " 1"]
)
def test_other_moments_never_reach_an_engine(moment: str) -> None:
    for parse in (parse_logs, parse_events):
        with pytest.raises(InvalidInput) as refusal:
            parse(asked(("since", moment)))
        assert refusal.value.field == "since"


@pytest.mark.parametrize("tail", ["-1", "abc", "1.5", "9999999999"])
def test_a_tail_is_a_number_or_all(tail: str) -> None:
    assert parse_logs(asked(("tail", "all"))).tail == "all"
    assert parse_logs(asked(("tail", "0"))).tail == "0"
    with pytest.raises(InvalidInput):
        parse_logs(asked(("tail", tail)))


def test_logs_mean_both_streams_unless_one_is_named() -> None:
    both = parse_logs(b"")
    assert (both.stdout, both.stderr, both.follow) == (True, True, False)
    one = parse_logs(asked(("stderr", "1"), ("follow", "true")))
    assert (one.stdout, one.stderr, one.follow) == (False, True, True)
    with pytest.raises(InvalidInput):
        parse_logs(asked(("stdout", "0"), ("stderr", "No")))


def test_attach_means_everything_and_no_replay() -> None:
    wish = parse_attach(b"")
    assert (wish.logs, wish.stdin, wish.stdout, wish.stderr, wish.detach_keys) == (False, True, True, True, None)
    assert parse_attach(asked(("detach_keys", "ctrl-a,d"))).detach_keys == "ctrl-a,d"
    for keys in ("ctrl-", "ctrl-a d", "a,,b", "ctrl-1"):
        with pytest.raises(InvalidInput):
            parse_attach(asked(("detach_keys", keys)))


def test_exec_takes_an_argument_list_and_keeps_its_order() -> None:
    wish = parse_exec(asked(("cmd", "sh"), ("cmd", "-c"), ("cmd", "echo 'a  b'"), ("env", "A=1=2"), ("env", "B=")))
    assert wish.command == ("sh", "-c", "echo 'a  b'")
    assert wish.env == ("A=1=2", "B=")
    assert (wish.tty, wish.privileged, wish.size, wish.user) == (True, False, None, None)
    for fields in [
        ("cmd", ""),
        ("env", "NO VALUE"),
        ("env", "=x"),
        ("cmd", "a\0b"),
        ("cols", "x"),
        ("user", "x" * 5000),
    ]:
        with pytest.raises(InvalidInput):
            parse_exec(asked(fields))


def test_a_size_is_kept_within_what_engines_can_take() -> None:
    assert parse_exec(asked(("cols", "999999"), ("rows", "0"))).size == Resize(1000, 1)
    assert parse_exec(asked(("cols", "80"))).size is None


def test_both_forms_of_filters_are_read() -> None:
    assert parse_events(asked(("filters", '{"type":["container"]}'))).filters == {"type": ("container",)}
    assert parse_events(asked(("filters", '{"type":{"container":true}}'))).filters == {"type": ("container",)}
    for text in ("{", "[]", '{"type":"container"}', '{"type":[1]}', "[" * 100_000):
        with pytest.raises(InvalidInput):
            parse_events(asked(("filters", text)))


@given(st.binary(max_size=200))
def test_no_query_string_breaks_the_reading(query_string: bytes) -> None:
    for parse in (parse_logs, parse_attach, parse_exec, parse_events):
        try:
            parse(query_string)
        except InvalidInput as refusal:
            assert refusal.status == 400
