"""What a run line need not say, since the engine does it anyway."""

from __future__ import annotations

import pytest
import yaml

from apps.containers.presenters.creation import preview
from apps.containers.services.usual import Usual, confirmed, usually
from apps.engine.types.system import SystemInfo
from apps.engine.version import ApiVersion

LAST = ApiVersion(1, 41)


@pytest.mark.parametrize(
    ("values", "told", "names"),
    [
        ({"runtime": "runc", "log_driver": "json-file"}, {}, {"runtime", "log_driver"}),
        ({"runtime": "crun", "log_driver": "local"}, {}, set()),
        ({"runtime": "crun"}, {"default_runtime": "crun"}, {"runtime"}),
        ({"restart": "no"}, {}, {"restart"}),
        ({"cgroupns": "host"}, {"cgroup_version": "1"}, {"cgroupns"}),
        ({"cgroupns": "host"}, {"cgroup_version": "2"}, set()),
        ({"cgroupns": "private"}, {"raw_security_options": ["name=seccomp", "name=cgroupns"]}, {"cgroupns"}),
        ({"cgroupns": "host"}, {"cgroup_version": "1", "raw_security_options": ["name=cgroupns"]}, set()),
        ({"cgroupns": "host", "privileged": "on"}, {"cgroup_version": "1"}, set()),
        ({}, {}, set()),
    ],
)
def test_only_what_the_engine_confirms_is_left_out_without_a_word(
    values: dict[str, str], told: dict[str, object], names: set[str]
) -> None:
    said = {"default_runtime": "runc", "logging_driver": "json-file", **told}
    assert confirmed(values, SystemInfo(**said)) == names  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "version", "names"),
    [
        ({"ipc": "private", "shm_size": "64m"}, "1.41", {"ipc", "shm_size"}),
        ({"shm_size": "67108864"}, "1.41", {"shm_size"}),
        ({"ipc": "private"}, "1.39", set()),
        ({"ipc": "shareable", "shm_size": "65m"}, "1.41", set()),
        ({"shm_size": "much"}, "1.41", set()),
    ],
)
def test_what_engines_usually_do_is_known_by_version(values: dict[str, str], version: str, names: set[str]) -> None:
    assert usually(values, ApiVersion.parse(version)) == names


def test_line_and_compose_file_leave_it_out_and_name_what_no_engine_confirms() -> None:
    values = {"image": "a:1", "ipc": "private", "shm_size": "64m", "runtime": "runc", "memory": "64m"}
    told = preview(values, is_started=True, usual=Usual(frozenset({"runtime"}), frozenset({"ipc", "shm_size"})))
    assert told["run"].replace(" \\\n ", "") == "docker run -d -m 64m a:1"
    assert yaml.safe_load(told["compose"])["services"]["app"] == {"image": "a:1", "mem_limit": "64m"}
    assert told["left_out"] == ["--shm-size 64m", "--ipc private"]
    whole = preview(values, is_started=True, usual=Usual())
    assert "--ipc private" in whole["run"]
    assert whole["left_out"] == []
