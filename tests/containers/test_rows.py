"""How a row is dressed."""

from __future__ import annotations

import msgspec
import pytest

from apps.containers.listed import Listed
from apps.containers.presenters.rows import container_row, port_links, short_image, since_of
from apps.engine.types.container_brief import container_briefs_of
from apps.engine.types.containers import Port

NOW = 1_795_100_000.0


def one(**fields: object) -> Listed:
    summary = {"Id": "ab" * 32, "Names": ["/web"], "Image": "nginx", "State": "running", "Status": "Up 3 hours"}
    return Listed(container_briefs_of(msgspec.json.encode([{**summary, "Created": 1_790_000_000, **fields}]))[0])


@pytest.mark.parametrize(
    ("state", "status", "word", "tone"),
    [
        ("running", "Up 3 hours", "running", "running"),
        ("running", "Up 3 hours (unhealthy)", "running", "unhealthy"),
        ("running", "Up 3 hours (health: starting)", "running", "running"),
        ("paused", "Up 3 hours (Paused)", "paused", "paused"),
        ("exited", "Exited (0) 2 hours ago", "exited (0)", "exited"),
        ("exited", "Exited (137) 2 hours ago", "exited (137)", "failed"),
        ("restarting", "Restarting (1) 4 seconds ago", "restarting", "restarting"),
        ("dead", "Dead", "dead", "dead"),
        ("", "", "unknown", "unknown"),
    ],
)
def test_the_state_is_said_in_a_word_and_a_tone(state: str, status: str, word: str, tone: str) -> None:
    row = container_row(one(State=state, Status=status), taken_at=NOW, link_host="h")
    assert (row.state_word, row.tone) == (word, tone)


@pytest.mark.parametrize(
    ("status", "ago_s"),
    [
        ("Up Less than a second", 0),
        ("Up 1 second", 1),
        ("Up 41 minutes", 41 * 60),
        ("Up About an hour", 3600),
        ("Up About a minute", 60),
        ("Up 3 days (healthy)", 3 * 86400),
        ("Exited (0) 2 weeks ago", 14 * 86400),
    ],
)
def test_since_is_read_from_the_engines_words_to_their_unit(status: str, ago_s: int) -> None:
    row = one(Status=status)
    assert 0 <= NOW - ago_s - since_of(row.summary, taken_at=NOW) < 60


def test_a_created_container_is_as_old_as_its_making() -> None:
    assert since_of(one(State="created", Status="Created").summary, taken_at=NOW) == 1_790_000_000


def test_ports_are_links_once_though_bound_twice() -> None:
    ports = [
        Port(ip="0.0.0.0", private_port=80, public_port=8080, type="tcp"),
        Port(ip="::", private_port=80, public_port=8080, type="tcp"),
        Port(private_port=443, type="tcp"),
        Port(ip="0.0.0.0", private_port=53, public_port=5353, type="udp"),
        Port(ip="127.0.0.1", private_port=443, public_port=9443, type="tcp"),
    ]
    links = port_links(ports, link_host="::1")
    assert [(link.text, link.href) for link in links] == [
        ("5353→53/udp", ""),
        ("8080→80", "http://[::1]:8080/"),
        ("9443→443", "https://[::1]:9443/"),
    ]
    assert links[1].title == "0.0.0.0:8080, [::]:8080"


def test_many_ports_are_counted_beyond_the_third() -> None:
    ports = [{"IP": "0.0.0.0", "PrivatePort": at, "PublicPort": 8000 + at, "Type": "tcp"} for at in range(1, 6)]
    row = container_row(one(Ports=ports), taken_at=NOW, link_host="h")
    assert len(row.ports) == 3
    assert (row.ports_more_count, row.ports_more) == (2, "8004→4, 8005→5")


def test_only_volumes_that_nobody_named_are_counted_as_lost() -> None:
    mounts = [
        {"Type": "volume", "Name": "0f" * 32, "Destination": "/a"},
        {"Type": "volume", "Name": "kept", "Destination": "/b"},
        {"Type": "bind", "Source": "/srv", "Destination": "/c"},
    ]
    assert container_row(one(Mounts=mounts), taken_at=NOW, link_host="h").anonymous_volumes == 1


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("nginx:1.27", "nginx:1.27"),
        ("sha256:" + "ab" * 32, "abababababab"),
        ("reg:5000/a@sha256:" + "cd" * 32, "reg:5000/a@cdcdcdcdcdcd"),
    ],
)
def test_digests_are_cut(image: str, shown: str) -> None:
    assert short_image(image) == shown
