"""Control messages: what is understood, and that nothing else does harm."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from apps.terminals.messages import Ack, Ping, Resize, Watch, parse_control

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def test_control_messages_are_read() -> None:
    assert parse_control('{"type":"resize","cols":80,"rows":24}') == Resize(80, 24)
    assert parse_control('{"type":"resize","cols":0,"rows":99999}') == Resize(1, 1000)
    assert parse_control('{"type":"ack","bytes":131072}') == Ack(131072)
    assert parse_control('{"type":"ping"}') == Ping()
    assert parse_control('{"type":"watch","ids":["a","b","a",7]}') == Watch(("a", "b"))


def test_no_more_than_fifty_containers_are_watched_by_one_socket() -> None:
    wanted = parse_control(json.dumps({"type": "watch", "ids": [f"c{number}" for number in range(80)]}))
    assert isinstance(wanted, Watch)
    assert len(wanted.ids) == 50


@given(st.text(max_size=50) | JSON.map(json.dumps))
def test_anything_else_is_passed_over(text: str) -> None:
    assert parse_control(text) is None or '"type"' in text


@given(JSON, st.sampled_from(["resize", "ack", "ping", "watch"]), JSON)
def test_known_types_with_odd_members_do_no_harm(first: object, kind: str, second: object) -> None:
    message = {"type": kind, "cols": first, "rows": second, "bytes": first, "ids": second}
    parsed = parse_control(json.dumps(message))
    if isinstance(parsed, Resize):
        assert 1 <= parsed.cols <= 1000
        assert 1 <= parsed.rows <= 1000
    if isinstance(parsed, Ack):
        assert parsed.byte_count >= 0
