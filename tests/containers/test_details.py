"""What a container's summary says of what inspect said."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.containers.presenters.details import container_detail, env_pairs, host_name_of
from apps.containers.presenters.head import container_head
from apps.containers.presenters.inspection import MASK, container_record, masked
from apps.engine.types.container_inspect import ContainerInspect, container_inspect_of

ID = "4fa6e0f0c678" + "0" * 52


def inspected(**members: Any) -> ContainerInspect:
    """What the client makes of an inspect answer with these members."""
    state = {"Status": "running", "StartedAt": "2026-11-21T10:00:00.123456789Z"}
    answer = {"Id": ID, "Name": "/api", "Created": "2026-11-20T10:00:00Z", "State": state, **members}
    return container_inspect_of(json.dumps(answer).encode())


def test_a_port_bound_on_both_families_is_one_link_to_the_host_of_the_page() -> None:
    ports = {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}]}
    detail = container_detail(inspected(NetworkSettings={"Ports": ports}), page_host="docker.example")
    assert [(port.outside, port.inside, port.url) for port in detail.ports] == [
        ("8080", "80/tcp", "http://docker.example:8080/")
    ]


def test_only_what_a_browser_can_open_is_a_link() -> None:
    ports = {
        "443/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8443"}],
        "53/udp": [{"HostIp": "0.0.0.0", "HostPort": "53"}],
        "5432/tcp": [{"HostIp": "0.0.0.0", "HostPort": "5432"}],
        "9000/tcp": None,
    }
    detail = container_detail(inspected(NetworkSettings={"Ports": ports}), page_host="::1")
    assert {port.inside: (port.outside, port.url) for port in detail.ports} == {
        "443/tcp": ("127.0.0.1:8443", "https://127.0.0.1:8443/"),
        "53/udp": ("53", ""),
        "5432/tcp": ("5432", ""),
        "9000/tcp": ("", ""),
    }


def test_a_stopped_container_tells_the_ports_it_will_publish_without_links() -> None:
    container = inspected(
        State={"Status": "exited"},
        Config={"ExposedPorts": {"80/tcp": {}, "9000/tcp": {}}},
        HostConfig={"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
        NetworkSettings={"Ports": {}},
    )
    detail = container_detail(container, page_host="docker.example")
    assert [(port.inside, port.outside, port.url) for port in detail.ports] == [
        ("80/tcp", "8080", ""),
        ("9000/tcp", "", ""),
    ]


@pytest.mark.parametrize(
    ("authority", "host"), [("example.org:8000", "example.org"), ("[::1]:8000", "::1"), ("box", "box")]
)
def test_the_host_of_the_page_has_neither_port_nor_brackets(authority: str, host: str) -> None:
    assert host_name_of(authority) == host


def test_health_checks_come_newest_first_with_what_they_took_and_said() -> None:
    log = [
        {
            "Start": "2026-11-21T10:00:00.000000000Z",
            "End": "2026-11-21T10:00:00.250000000Z",
            "ExitCode": 0,
            "Output": "ok\n",
        },
        {"Start": "2026-11-21T11:00:05+01:00", "End": "2026-11-21T10:00:06Z", "ExitCode": 1, "Output": "refused"},
        {"Start": "later", "End": None, "ExitCode": -1, "Output": None},
    ]
    state = {"Status": "running", "Health": {"Status": "unhealthy", "FailingStreak": 2, "Log": log}}
    config = {"Healthcheck": {"Test": ["CMD-SHELL", "curl -f localhost || exit 1"]}}
    health = container_detail(inspected(State=state, Config=config), page_host="x").health
    assert health is not None
    assert (health.status, health.failing_streak, health.test) == ("unhealthy", 2, "curl -f localhost || exit 1")
    assert [(check.is_good, check.took_s, check.output) for check in health.checks] == [
        (False, None, ""),
        (False, 1.0, "refused"),
        (True, 0.25, "ok"),
    ]


def test_a_container_without_a_check_has_no_health() -> None:
    state = {"Status": "running", "Health": {"Status": "none", "Log": None}}
    assert container_detail(inspected(State=state), page_host="x").health is None


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        ({"Status": "running"}, "running", "running"),
        ({"Status": "running", "Health": {"Status": "healthy"}}, "running · healthy", "running"),
        ({"Status": "running", "Health": {"Status": "unhealthy"}}, "running · unhealthy", "unhealthy"),
        ({"Status": "exited", "ExitCode": 0, "Health": {"Status": "unhealthy"}}, "exited (0)", "exited"),
        ({"Status": "exited", "ExitCode": 137}, "exited (137)", "failed"),
        ({"Status": "created", "ExitCode": 127}, "created (127)", "failed"),
        ({"Status": "paused"}, "paused", "paused"),
    ],
)
def test_the_state_is_said_in_words_and_by_a_colour(state: dict[str, Any], words: str, tone: str) -> None:
    head = container_head(inspected(State=state))
    assert (head.words, head.tone) == (words, tone)


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        ("running", {"stop", "restart", "kill", "pause"}),
        ("paused", {"unpause", "kill"}),
        ("exited", {"start"}),
        ("removing", set()),
    ],
)
def test_only_verbs_that_make_sense_now_are_offered(status: str, verbs: set[str]) -> None:
    assert container_head(inspected(State={"Status": status})).verbs == verbs


def test_a_failed_start_shows_its_code_and_the_words_of_the_engine() -> None:
    state = {
        "Status": "created",
        "ExitCode": 127,
        "Error": 'exec: "nope": not found',
        "StartedAt": "0001-01-01T00:00:00Z",
    }
    detail = container_detail(inspected(State=state), page_host="x")
    assert (detail.exit_code, detail.error, detail.started_at) == (127, 'exec: "nope": not found', None)


def test_what_runs_or_never_ran_has_no_exit_code() -> None:
    assert container_detail(inspected(), page_host="x").exit_code is None
    assert container_detail(inspected(State={"Status": "created"}), page_host="x").exit_code is None


def test_a_memory_limit_is_also_said_in_the_unit_in_which_limits_are_given() -> None:
    limited = inspected(HostConfig={"Memory": 32 << 20, "MemorySwap": 3 << 30})
    assert {fact.name: fact.words for fact in container_detail(limited, page_host="x").limits} == {
        "Memory": "33.6 MB (32 MiB)",
        "Memory and swap": "3.22 GB (3 GiB)",
    }


def test_limits_and_the_restart_policy_are_said_in_words() -> None:
    host_config = {
        "Memory": 256_000_000,
        "CpuQuota": 50_000,
        "CpuPeriod": 100_000,
        "PidsLimit": 100,
        "Privileged": True,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
    }
    detail = container_detail(inspected(HostConfig=host_config), page_host="x")
    assert {fact.name: fact.words for fact in detail.limits} == {
        "Memory": "256 MB",
        "CPUs": "0.5 CPUs",
        "Processes": "100",
    }
    assert [(fact.name, fact.words) for fact in detail.security] == [("Privileged", "yes")]
    assert detail.restart == "on failure, at most 3 times"
    assert container_detail(inspected(), page_host="x").limits == ()


def test_volumes_that_nobody_named_are_counted_apart() -> None:
    mounts = [
        {"Type": "volume", "Name": "a1" * 32, "Destination": "/cache", "RW": True},
        {"Type": "volume", "Name": "shop", "Source": "/var/lib/docker/volumes/shop/_data", "Destination": "/db"},
        {"Type": "bind", "Source": "/etc/hosts", "Destination": "/hosts", "RW": False},
    ]
    container = inspected(Mounts=mounts)
    head = container_head(container)
    assert (head.named_volumes, head.anonymous_volume_count) == (("shop",), 1)
    lines = container_detail(container, page_host="x").mounts
    assert [(line.target, line.source, line.is_writable) for line in lines][1:] == [
        ("/db", "shop", True),
        ("/hosts", "/etc/hosts", False),
    ]


def test_the_summary_knows_the_names_of_the_environment_and_no_value() -> None:
    container = inspected(Config={"Env": ["DB_PASSWORD=hunter2", "EMPTY=", "LONELY"]})
    detail = container_detail(container, page_host="x")
    assert detail.env_names == ("DB_PASSWORD", "EMPTY", "LONELY")
    assert "hunter2" not in str(asdict(detail)) + str(asdict(container_head(container)))
    assert env_pairs(container) == [("DB_PASSWORD", "hunter2"), ("EMPTY", ""), ("LONELY", "")]


def test_the_record_is_the_answer_as_it_came_less_the_values_of_the_environment() -> None:
    container = inspected(Config={"Env": ["DB_PASSWORD=hunter2=3"], "Unheard": {"of": 1}})
    record = container_record(container, shows_env=False)
    assert record["Config"] == {"Env": [f"DB_PASSWORD={MASK}"], "Unheard": {"of": 1}}
    assert container_record(container, shows_env=True)["Config"]["Env"] == ["DB_PASSWORD=hunter2=3"]


SECRET = "s3cr3t-value"
ODD = st.recursive(
    st.none() | st.integers() | st.just(SECRET) | st.just(f"NAME={SECRET}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["A", "B"]), inner, max_size=2),
    max_leaves=6,
)


@given(env=ODD)
def test_no_odd_environment_slips_through_the_mask(env: Any) -> None:
    told = masked({"Config": {"Env": env, "Image": "x"}})
    names_only = [entry for entry in env if entry == SECRET] if isinstance(env, list) else []
    # An entry without "=" is a name without a value, and names are shown.
    left = json.dumps(told["Config"]["Env"]).count(SECRET)
    assert left == len(names_only)
    assert told["Config"]["Image"] == "x"
