"""Which events change a list, pass a filter, and may be shown to whom."""

from __future__ import annotations

import json

import pytest

from apps.engine.types.events import Event, event_of
from apps.hosts.errands import LISTING
from apps.terminals.events import Filter, alters_list, as_text, is_errand
from apps.terminals.reaper import REAPING


def event(action: str, *, kind: str = "container", actor: str = "c" * 64, **attributes: str) -> Event:
    line = {
        "status": action,
        "Type": kind,
        "Action": action,
        "Actor": {"ID": actor, "Attributes": attributes},
        "scope": "local",
        "timeNano": 1795249069704460448,
    }
    return event_of(json.dumps(line).encode())


@pytest.mark.parametrize(
    ("action", "kind", "alters"),
    [
        ("start", "container", True),
        ("health_status: healthy", "container", True),
        ("rename", "container", True),
        ("exec_create: sh", "container", False),
        ("exec_die", "container", False),
        ("attach", "container", False),
        ("top", "container", False),
        ("connect", "network", True),
        ("tag", "image", True),
        ("create", "volume", False),
    ],
)
def test_what_changes_a_list_of_containers(action: str, kind: str, alters: bool) -> None:
    assert alters_list(event(action, kind=kind)) is alters


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({}, True),
        ({"type": ("container",)}, True),
        ({"type": ("image", "container")}, True),
        ({"type": ("image",)}, False),
        ({"event": ("health_status",)}, True),
        ({"event": ("health_status: healthy",)}, True),
        ({"event": ("health_status: unhealthy",)}, False),
        ({"container": ("web",)}, True),
        ({"container": ("c" * 12,)}, True),
        ({"container": ("cc",)}, False),
        ({"image": ("nginx",)}, True),
        ({"image": ("nginx:1",)}, True),
        ({"image": ("redis",)}, False),
        ({"label": ("team",)}, True),
        ({"label": ("team=a",)}, True),
        ({"label": ("team=b",)}, False),
        ({"scope": ("local",)}, True),
        ({"type": ("container",), "label": ("team=b",)}, False),
        ({"unknown": ("x",)}, True),
    ],
)
def test_filters_are_read_as_the_engine_reads_them(filters: dict[str, tuple[str, ...]], passes: bool) -> None:
    happened = event("health_status: healthy", name="web", image="nginx:1", team="a")
    assert Filter(filters).wants(happened) is passes


def test_an_event_leaves_as_the_engine_wrote_it() -> None:
    happened = event("start", name="web")
    assert as_text(happened, with_commands=False).encode() == happened.raw


def test_exec_ids_stay_here_and_command_lines_with_those_who_may_exec() -> None:
    happened = event("exec_create: sh -c secret", execID="e" * 64, name="web")
    to_viewer, to_admin = (json.loads(as_text(happened, with_commands=may)) for may in (False, True))
    assert (to_viewer["Action"], to_viewer["status"]) == ("exec_create", "exec_create")
    assert to_admin["Action"] == "exec_create: sh -c secret"
    for told in (to_viewer, to_admin):
        assert told["Actor"]["Attributes"] == {"name": "web"}


@pytest.mark.parametrize("name", [REAPING, LISTING])
def test_our_own_errands_are_known_from_their_first_event_to_their_last(name: str) -> None:
    assert is_errand(event(f"exec_create: /bin/sh -c … {name} token", execID="a1"))
    assert is_errand(event("exec_die", execID="a1"))
    assert not is_errand(event("exec_die", execID="b2"))
    assert not is_errand(event("die", execID="a1"))
