"""The form of a build: what it makes of what is filled in, what is kept of it, and what it becomes again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.api.build import image_build
from apps.engine.errors import VersionTooOld
from apps.engine.types.build import BuildOptions
from apps.engine.version import ApiVersion
from apps.images.forms.building import BuildForm, initial_of
from apps.images.services.building import _options, is_repeatable, prepared

NEWEST = ApiVersion(1, 41)
FILLED = {
    "source": "typed",
    "dockerfile_text": "FROM a\r\nRUN b\r\n",
    "tags": "shop/web:1\nshop/web",
    "build_args": "COLOUR=blue=green\nAPI_TOKEN=hunter22\nFROM_ENGINE",
    "labels": "team=shop\nflag",
    "cache_from": "a:1\nb:2",
    "extra_hosts": "db:10.0.0.1\nhost:host-gateway",
    "ulimits": "nofile=1024:4096\ncore=-1",
    "keep": "on",
    "no_cache": "on",
    "pull": "on",
    "memory": "64",
    "memory_swap": "-1",
    "shm_size": "32",
    "cpu_shares": "512",
    "cpu_period": "100000",
    "cpu_quota": "50000",
    "cpuset_cpus": "0-1",
    "cpuset_mems": "0",
    "cgroup_parent": "/builds",
    "network_mode": "host",
    "target": "end",
    "platform": "linux/amd64",
}


def read(fields: dict[str, str], *, version: ApiVersion = NEWEST, archive: bytes = b"") -> BuildForm:
    files: MultiValueDict[str, Any] = MultiValueDict()
    if archive:
        files["archive"] = SimpleUploadedFile("context.tar", archive)
    return BuildForm(fields, files, version=version)


def options_of(form: BuildForm) -> BuildOptions:
    assert form.is_valid(), form.errors
    return form.wish().options


def test_everything_that_is_filled_in_reaches_the_engine() -> None:
    query = dict(image_build(options_of(read(FILLED))).query)
    sent = {name: value for name, value in query.items() if value is not None}
    assert {name: sent.pop(name) for name in ("buildargs", "labels", "ulimits", "cachefrom")} == {
        "buildargs": '{"COLOUR":"blue=green","API_TOKEN":"hunter22","FROM_ENGINE":null}',
        "labels": '{"team":"shop","flag":""}',
        "ulimits": '[{"Name":"nofile","Soft":1024,"Hard":4096},{"Name":"core","Soft":-1,"Hard":-1}]',
        "cachefrom": '["a:1","b:2"]',
    }
    assert sent == {
        "t": ("shop/web:1", "shop/web:latest"),
        "nocache": True,
        "pull": True,
        "rm": False,
        "memory": 64 * 2**20,
        "memswap": -1,
        "shmsize": 32 * 2**20,
        "cpushares": 512,
        "cpuperiod": 100_000,
        "cpuquota": 50_000,
        "cpusetcpus": "0-1",
        "cpusetmems": "0",
        "cgroupparent": "/builds",
        "networkmode": "host",
        "extrahosts": ("db:10.0.0.1", "host:host-gateway"),
        "target": "end",
        "platform": "linux/amd64",
    }


def test_what_is_kept_holds_no_secret_and_opens_to_the_same(db: None) -> None:
    form = read(FILLED)
    options = options_of(form)
    params, files = prepared(form.wish())
    kept = json.dumps(params)
    assert files == []
    assert is_repeatable(params)
    assert "hunter22" not in kept
    assert "blue=green" in kept
    assert _options(json.loads(kept)) == options


def test_a_former_build_fills_the_form_with_itself(db: None) -> None:
    options = options_of(read(FILLED))
    again = {name: str(value) for name, value in initial_of(options, FILLED["dockerfile_text"]).items() if value}
    assert options_of(read(again)) == options
    remote = replace(options, remote="https://example.com/app.git#main:web", dockerfile="x/Dockerfile")
    again = {name: str(value) for name, value in initial_of(remote, "").items() if value}
    assert options_of(read(again)) == remote


names = st.from_regex(r"[A-Z_]{1,9}", fullmatch=True)
values = st.from_regex(r"[ -~]{0,20}[!-~]", fullmatch=True)


@given(st.dictionaries(names, values))
def test_any_build_arguments_come_back(build_args: dict[str, str]) -> None:
    initial = initial_of(BuildOptions(build_args=dict(build_args)), "FROM a")
    again = read({"source": "typed", "dockerfile_text": "FROM a", "build_args": initial["build_args"]})
    assert options_of(again).build_args == build_args


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"dockerfile_text": "  \n"}, "dockerfile_text"),
        ({"source": "archive"}, "archive"),
        ({"source": "remote"}, "remote"),
        ({"source": "remote", "remote": "/etc/passwd"}, "remote"),
        ({"source": "remote", "remote": "file:///etc"}, "remote"),
        ({"source": "elsewhere"}, "source"),
        ({"tags": "Upper/Case:1"}, "tags"),
        ({"tags": f"a@sha256:{'a' * 64}"}, "tags"),
        ({"build_args": "=value"}, "build_args"),
        ({"build_args": "A B=1"}, "build_args"),
        ({"ulimits": "nofile"}, "ulimits"),
        ({"extra_hosts": "db"}, "extra_hosts"),
        ({"extra_hosts": "db:nowhere"}, "extra_hosts"),
        ({"memory": "1"}, "memory"),
        ({"keep": "on", "force_remove": "on"}, "force_remove"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_field(fields: dict[str, str], wrong: str) -> None:
    form = read({"source": "typed", "dockerfile_text": "FROM a", **fields})
    assert not form.is_valid()
    assert list(form.errors) == [wrong]


def test_the_first_version_says_what_it_lacks() -> None:
    form = read({"source": "typed", "dockerfile_text": "FROM a", "build_args": "A=1"}, version=ApiVersion(1, 20))
    assert "1.21" in str(form.fields["build_args"].help_text)
    assert options_of(form).build_args == {}, "a field that is off takes nothing"
    with pytest.raises(VersionTooOld):
        image_build(BuildOptions(build_args={"A": "1"})).request(ApiVersion(1, 20))


@pytest.mark.parametrize(
    ("remote", "is_taken"),
    [
        ("https://example.com/app.git#main", True),
        ("https://example.com/@scope/app.tar", True),
        ("git@example.com:app.git", True),
        ("ssh://git@example.com/app.git", True),
        ("https://token@example.com/app.git", False),
        ("https://ada:secret@example.com/app.git", False),
        ("ssh://ada:secret@example.com/app.git", False),
    ],
)
def test_an_address_with_a_secret_is_not_kept(remote: str, is_taken: bool) -> None:
    assert ("remote" not in read({"source": "remote", "remote": remote}).errors) is is_taken
