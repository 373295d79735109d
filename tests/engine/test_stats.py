from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.types.stats import BlockIo, StatsSample, stats_of
from tests.engine.samples import sample

V1, V2 = "20.10.24", "cgroup-v2"


def changed(name: str = V2, **members: Any) -> StatsSample:
    """A real sample with members put in place ("memory_stats.usage" as memory_stats__usage; None removes)."""
    value = json.loads(sample("ContainerStats", name))
    for path, item in members.items():
        *way, last = path.split("__")
        place = value
        for key in way:
            place = place[key]
        if item is None:
            place.pop(last, None)
        else:
            place[last] = item
    return stats_of(json.dumps(value).encode())


def test_cpu_is_the_share_of_one_cpu() -> None:
    """A quarter of a second in four CPU seconds of four CPUs: a quarter of one CPU."""
    figures = changed().cpu_memory()
    assert figures.cpu_percent == pytest.approx(25.0)
    assert figures.cpus == 4


def test_the_inactive_page_cache_is_no_memory_in_use() -> None:
    figures = changed().cpu_memory()
    assert (figures.memory_bytes, figures.memory_limit_bytes) == (10485760 - 3145728, 67108864)
    assert figures.memory_percent == pytest.approx(100 * 7340032 / 67108864)


def test_on_cgroup_v1_the_total_is_subtracted() -> None:
    usage = {"usage": 1000, "stats": {"inactive_file": 1, "total_inactive_file": 300}, "limit": 4000}
    assert changed(V1, memory_stats=usage).cpu_memory().memory_bytes == 700


def test_a_cache_that_is_not_smaller_than_the_usage_is_left_in() -> None:
    """The two are not read at the same moment."""
    usage = {"usage": 1000, "stats": {"inactive_file": 1000}}
    figures = changed(memory_stats=usage).cpu_memory()
    assert (figures.memory_bytes, figures.memory_limit_bytes, figures.memory_percent) == (1000, None, None)


def test_cpus_are_counted_where_they_are_not_told() -> None:
    found = changed(cpu_stats__online_cpus=None, cpu_stats__cpu_usage__percpu_usage=[1, 2])
    assert found.cpu_memory().cpus == 2
    assert found.cpu_memory().cpu_percent == pytest.approx(12.5)
    assert changed(cpu_stats__online_cpus=None).cpu_memory().cpu_percent is None


def test_counters_that_began_anew_give_no_figure() -> None:
    assert changed(precpu_stats__cpu_usage__total_usage=10**12).cpu_memory().cpu_percent is None
    assert changed(precpu_stats__system_cpu_usage=20000000000).cpu_memory().cpu_percent is None


def test_a_paused_container_uses_nothing() -> None:
    assert changed(precpu_stats__cpu_usage__total_usage=500000000).cpu_memory().cpu_percent == 0.0


def test_an_earlier_sample_stands_in_for_the_missing_one() -> None:
    before = changed(cpu_stats=json.loads(sample("ContainerStats", V2))["precpu_stats"])
    alone = changed(precpu_stats={"cpu_usage": {"total_usage": 0}})
    assert alone.cpu_memory().cpu_percent is None
    assert alone.cpu_memory(before).cpu_percent == pytest.approx(25.0)
    assert alone.cpu_memory(stats_of(sample("ContainerStats-stopped"))).cpu_percent is None


def test_interfaces_are_told_apart_and_summed() -> None:
    found = changed()
    assert {name: (row.rx_bytes, row.tx_bytes) for name, row in found.interfaces.items()} == {
        "eth0": (1000, 500),
        "eth1": (24, 0),
    }
    assert (found.received_bytes, found.sent_bytes) == (1024, 500)


def test_without_networks_there_is_no_traffic() -> None:
    found = changed(networks=None)
    assert (found.interfaces, found.received_bytes, found.sent_bytes) == ({}, None, None)


def test_on_1_20_there_is_only_the_sum() -> None:
    old, new = stats_of(sample("ContainerStats-1.20")), stats_of(sample("ContainerStats"))
    assert list(old.interfaces) == ["all"]
    assert list(new.interfaces) == ["eth0"]
    assert old.received_bytes is not None
    assert (old.id, old.name) == ("", "")
    assert new.name == "web"


@pytest.mark.parametrize("words", [("read", "write"), ("Read", "Write")])
def test_block_io_is_summed_over_devices_in_either_spelling(words: tuple[str, str]) -> None:
    read, write = words
    entries = [
        {"major": 8, "minor": 0, "op": read, "value": 100},
        {"major": 8, "minor": 16, "op": read, "value": 11},
        {"major": 8, "minor": 0, "op": write, "value": 7},
        {"major": 8, "minor": 0, "op": "Total", "value": 118},
    ]
    found = changed(blkio_stats={"io_service_bytes_recursive": entries})
    assert found.block_io == BlockIo(111, 7)
    assert changed(blkio_stats={"io_service_bytes_recursive": None} | {"x": 1}).block_io == BlockIo(0, 0)


def test_processes_and_throttling_are_told() -> None:
    found = changed()
    assert (found.pids, found.throttled_s, found.throttled_percent) == (3, 2.5, 25.0)
    assert changed(pids_stats=None).pids is None
    assert changed(cpu_stats__throttling_data=None).throttled_percent is None


@given(
    st.one_of(
        st.lists(st.integers(0, 2**63), min_size=4, max_size=4),
        st.lists(st.integers(0, 2**63), min_size=4, max_size=4, unique=True).map(sorted),
    ),
    st.one_of(st.none(), st.integers(-1, 1024)),
)
def test_no_counters_make_a_negative_or_endless_figure(counters: list[int], cpus: int | None) -> None:
    used_before, used, system_before, system = counters
    found = changed(
        cpu_stats={"cpu_usage": {"total_usage": used}, "system_cpu_usage": system, "online_cpus": cpus},
        precpu_stats={"cpu_usage": {"total_usage": used_before}, "system_cpu_usage": system_before},
    )
    percent = found.cpu_memory().cpu_percent
    assert percent is None or 0 <= percent < float("inf")
