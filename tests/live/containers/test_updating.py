"""Limits and restart policy changed in place: what the engine says of the container afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import NEWEST, needs_old_wire, spoken

LIST = "/hosts/local/containers/"
HTML = {"Accept": "text/html"}


def pin(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)


def update(client: Client, ref: str, **fields: str) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{LIST}{ref}/update/", fields)
    return answer.status_code, answer.json()


def page_fields(client: Client, container_id: str) -> dict[str, str]:
    """What the form of the page would send if nothing was touched."""
    form = client.get(f"{LIST}{container_id}/update/", headers=HTML).context["form"]
    return {name: "" if form[name].value() is None else str(form[name].value()) for name in form.fields}


@pytest.mark.parametrize("version", spoken("1.25", "1.33", "1.41"))
def test_what_is_changed_reaches_the_engine_and_nothing_else(
    ada: Client, raw: RawEngine, make_container: MakeContainer, version: str
) -> None:
    pin(version)
    container_id = make_container(host_config={"Memory": 64 << 20, "CpuShares": 300})
    given = {"memory": "128m", "memory_swap": "256m", "restart": "on-failure", "retries": "4", "cpuset_cpus": "0"}
    if version == NEWEST:
        given |= {"pids_limit": "99", "cpus": "0.5"}
    status, told = update(ada, container_id, **given)
    assert (status, told["was_needed"]) == (200, True), told
    now = raw.inspect(container_id)["HostConfig"]
    assert (now["Memory"], now["MemorySwap"], now["CpuShares"], now["CpusetCpus"]) == (128 << 20, 256 << 20, 300, "0")
    assert now["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 4}
    if version == NEWEST:
        assert (now["PidsLimit"], now["NanoCpus"]) == (99, 500_000_000)


def test_a_form_sent_as_it_came_changes_nothing(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    limits = {
        "Memory": 100_000_001, "MemorySwap": -1, "MemoryReservation": 32 << 20, "NanoCpus": 1_250_000_000,
        "CpuShares": 77, "CpusetCpus": "0", "PidsLimit": 12, "RestartPolicy": {"Name": "unless-stopped"},
    }  # fmt: skip
    container_id = make_container(host_config=limits)
    before = raw.inspect(container_id)["HostConfig"]
    answer = ada.post(f"{LIST}{container_id}/update/", page_fields(ada, container_id), headers=HTML)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{container_id}/")
    assert raw.inspect(container_id)["HostConfig"] == before


def test_limits_that_clash_are_told_at_their_field_and_nothing_typed_is_lost(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(host_config={"Memory": 64 << 20})  # the engine gives it 128 MiB with swap
    status, told = update(ada, container_id, memory="256m")
    assert status == 409
    assert "memoryswap" in told["detail"]
    fields = page_fields(ada, container_id) | {"memory": "256m", "cpu_shares": "333", "restart": "always"}
    page = ada.post(f"{LIST}{container_id}/update/", fields, headers=HTML)
    assert page.status_code == 409
    form = page.context["form"]
    assert "memoryswap" in str(form.errors["memory_swap"])
    shown = page.content.decode()
    assert 'value="256m"' in shown and 'value="333"' in shown
    assert '<option value="always" selected>' in shown
    assert raw.inspect(container_id)["HostConfig"]["Memory"] == 64 << 20


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("memory", "plenty"), ("memory", "4m"), ("memory", "9" * 25), ("cpus", "many"), ("cpus", "0"), ("cpus", "nan"),
        ("cpuset_cpus", "0-"), ("cpuset_cpus", "99999"), ("pids_limit", "0"), ("cpu_period", "10"),
        ("restart", "sometimes"), ("retries", "-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_limit_is_said_at_the_field(
    ada: Client, raw: RawEngine, make_container: MakeContainer, field: str, value: str
) -> None:
    container_id = make_container(start=False)
    before = raw.inspect(container_id)["HostConfig"]
    page = ada.post(f"{LIST}{container_id}/update/", page_fields(ada, container_id) | {field: value}, headers=HTML)
    assert page.status_code in (400, 409, 502)
    assert field in page.context["form"].errors, page.context["form"].errors
    assert raw.inspect(container_id)["HostConfig"] == before


def test_limits_are_taken_away_where_an_engine_can(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(host_config={"PidsLimit": 50, "CpuQuota": 50_000, "Memory": 64 << 20})
    assert update(ada, container_id, pids_limit="", cpu_quota="", memory_swap="unlimited")[0] == 200
    now = raw.inspect(container_id)["HostConfig"]
    assert (now["PidsLimit"] or 0) <= 0
    assert (now["CpuQuota"], now["MemorySwap"]) == (-1, -1)
    status, told = update(ada, container_id, memory="")
    assert (status, "re-create" in told["detail"]) == (400, True)
    assert raw.inspect(container_id)["HostConfig"]["Memory"] == 64 << 20


@needs_old_wire
def test_what_the_version_lacks_is_said_and_not_sent(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(start=False)
    pin("1.20")
    page = ada.get(f"{LIST}{container_id}/update/", headers=HTML)
    assert "1.22" in page.context["missing"]
    assert update(ada, container_id, memory="64m")[0] == 501
    pin("1.25")
    form = ada.get(f"{LIST}{container_id}/update/", headers=HTML).context["form"]
    assert {name for name, field in form.fields.items() if field.disabled} == {"cpus", "pids_limit"}
    assert update(ada, container_id, pids_limit="9", cpu_shares="512")[0] == 200
    now = raw.inspect(container_id)["HostConfig"]
    assert (now["PidsLimit"], now["CpuShares"]) == (None, 512)


def test_a_viewer_changes_no_limits(
    as_actor: Callable[[str], Client], raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(start=False)
    joan = as_actor("viewer")
    assert joan.get(f"{LIST}{container_id}/update/").status_code == 403
    assert update(joan, container_id, cpu_shares="512")[0] == 403
    assert raw.inspect(container_id)["HostConfig"]["CpuShares"] == 0
