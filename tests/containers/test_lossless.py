"""From the form to a container and back, over every field: pure, with an engine that only merges what images give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.containers.creation.building import Built, build
from apps.containers.creation.field import Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.reading import read_argv, read_env, read_pairs, written_argv, written_pair
from apps.containers.creation.texts import entries, row_entries, written_entry, written_env, written_row
from apps.containers.creation.writing import write
from apps.containers.services.run_line import read_run_line, run_line
from apps.engine.types.container_create import create_body
from apps.engine.version import ApiVersion
from tests.containers.form_values import ENTRIES, EVERYTHING, ODD, PAIRS, WORDS, lines

LAST = ApiVersion(1, 41)
NEWEST = ApiVersion(1, 51)
IMAGE = {
    "Env": ["PATH=/bin", "A=image"], "Cmd": ["sleep", "1"], "Entrypoint": ["/entry"], "User": "12",
    "WorkingDir": "/home", "Labels": {"from": "image"}, "ExposedPorts": {"7000/udp": {}}, "Volumes": {"/image": {}},
    "StopSignal": "SIGINT", "Healthcheck": {"Test": ["CMD", "true"], "Retries": 7},
}  # fmt: skip
ODD_TEXTS = {Kind.ENV: lines(ENTRIES, written_env), Kind.PAIRS: PAIRS, Kind.ARGV: WORDS}
ODD_LINES = ("dns_search", "dns_options", "security_opt", "groups", "cap_add", "device_rules", "volumes_from")


def texts(name: str) -> st.SearchStrategy[str]:
    """What may stand in a field."""
    each = FIELDS[name]
    known = [text for text in (EVERYTHING.get(name), each.example, *each.choices) if text]
    if each.kind in (Kind.TICK, Kind.HEALTH_OFF, Kind.UNMASK):
        known = ["on"]
    elif each.kind is Kind.INTEGER:
        known += [str(each.least or 0), str(each.most)]
    odd = lines(ODD.filter(bool)) if name in ODD_LINES else ODD_TEXTS.get(each.kind, st.nothing())
    return st.sampled_from(known or ["7"]) | odd


EMPTY: dict[str, Any] = {
    "Env": [], "Labels": {}, "ExposedPorts": {}, "Volumes": {}, "Healthcheck": {}, "Entrypoint": None, "Cmd": None,
}  # fmt: skip


FORMS = st.fixed_dictionaries(
    {"image": st.just("a:1")}, optional={name: texts(name) for name in FIELDS if name not in ("image", "platform")}
)


def possible(values: dict[str, str]) -> dict[str, str]:
    """Leave out the fields that others of the form exclude, and those with an example for another version."""
    for _round in range(3):
        for name in build(values, version=LAST).faults:
            values.pop(name, None)
    if "uts" in values or values.get("network", "").startswith("container:"):
        values.pop("hostname", None)
    return values


def merged(config: dict[str, Any], image: dict[str, Any]) -> dict[str, Any]:
    """Do what engines do with the settings of an image."""
    made = {**image, **{name: value for name, value in config.items() if value not in (None, "")}}
    names = {entry.partition("=")[0] for entry in config.get("Env") or []}
    made["Env"] = [*(config.get("Env") or []), *(e for e in image["Env"] if e.partition("=")[0] not in names)]
    for name in ("Labels", "ExposedPorts", "Volumes"):
        made[name] = {**image[name], **(config.get(name) or {})}
    made["Healthcheck"] = {**image["Healthcheck"], **(config.get("Healthcheck") or {})}
    entrypoint, command = config.get("Entrypoint"), config.get("Cmd")
    made["Entrypoint"] = image["Entrypoint"] if entrypoint is None else None if entrypoint == [""] else entrypoint
    made["Cmd"] = command or (None if entrypoint else image["Cmd"])
    return made


def inspected(built: Built, image: dict[str, Any]) -> dict[str, Any]:
    """What an engine says of a container that was made of this."""
    assert built.spec is not None
    body = create_body(built.spec)
    host = body.pop("HostConfig", {})
    if host.get("Memory"):
        host["MemorySwap"] = host.get("MemorySwap") or 2 * host["Memory"]
    mode = host.get("NetworkMode", "default")
    endpoints = body.pop("NetworkingConfig", {}).get("EndpointsConfig", {})
    further = {name: create_body(endpoint) for name, endpoint in built.further_networks}  # type: ignore[arg-type]
    networks = {"bridge" if mode == "default" else mode: {}, **endpoints, **further}
    if endpoints:
        host.pop("Links", None)
    return {
        "Id": "f" * 64,
        "Name": f"/{built.name}",
        "Config": {"Hostname": "f" * 12, **merged(body, image)},
        "HostConfig": {"NetworkMode": "default", "ShmSize": 1 << 26, **host},
        "NetworkSettings": {"Networks": {} if mode.startswith("container:") else networks},
    }


@settings(max_examples=60)
@given(FORMS.map(possible), st.sampled_from([IMAGE, None]))
def test_any_form_is_written_so_that_it_makes_the_same_container(
    values: dict[str, str], image: dict[str, Any] | None
) -> None:
    built = build(values, version=LAST)
    assert built.faults == {}
    first = inspected(built, image or EMPTY)
    written = write(first, version=LAST, image=image, is_same=True)
    assert (written.lost, written.carried) == ([], {})
    again = build(written.values, version=LAST)
    assert again.faults == {}
    second = inspected(again, image or EMPTY)
    assert bare(second) == bare(first)


def bare(value: Any) -> Any:
    """Leave out objects of which nothing is set, and the order of links, which engines do not keep."""
    if isinstance(value, dict):
        pairs = {name: sorted(item or []) if name == "Links" else bare(item) for name, item in value.items()}
        return {name: item for name, item in pairs.items() if not name.isalpha() or item not in (None, {}, 0)}
    return [bare(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"platform", "image", "name"}))
def test_every_field_alone_comes_back_as_it_was(name: str) -> None:
    version = LAST if FIELDS[name].is_in(LAST) else NEWEST
    more = {"network": "own"} if FIELDS[name].path.startswith("@") or name == "links" else {}
    more |= {"restart": "on-failure"} if name == "restart_tries" else {}
    more |= {"memory": "512m"} if name == "memory_swap" else {}
    text = EVERYTHING.get(name) or FIELDS[name].example or ("7" if FIELDS[name].kind is Kind.INTEGER else "on")
    values = {"image": "a:1", "command": "true", **more, name: text}
    built = build(values, version=version)
    assert built.faults == {}
    first = inspected(built, EMPTY)
    found = write(first, version=version)
    assert (found.lost, found.carried) == ([], {})
    assert name in found.values
    again = inspected(build(found.values, version=version), EMPTY)
    assert bare({**again, "Name": first["Name"]}) == bare(first)


@given(st.lists(ODD), st.dictionaries(ODD, ODD), st.lists(ENTRIES))
def test_any_value_can_stand_in_a_line(items: list[str], pairs: dict[str, str], env: list[str]) -> None:
    assert entries("\n".join(map(written_entry, items))) == items
    assert row_entries("\n".join(map(written_row, filter(None, items)))) == [item for item in items if item]
    assert read_pairs("\n".join(written_pair(*pair) for pair in pairs.items())) == pairs
    assert read_env("\n".join(map(written_env, env))) == env
    assert read_argv(written_argv(items)) == items


def test_an_env_file_keeps_its_quotes_and_a_line_in_quotes_is_one_value() -> None:
    assert read_env('A="x y"\n"B=one\\ntwo"\n"C=1" # no\n'.replace('"C=1" # no\n', "")) == ['A="x y"', "B=one\ntwo"]
    assert read_pairs('a="x"\n"b=1\\n2"\n"c=d"="e=f"') == {"a": '"x"', "b": "1\n2", "c=d": "e=f"}
    assert entries('"a\\tb"\n"open') == ["a\tb", '"open']


def test_lists_may_be_written_as_json_and_tests_of_a_shell_are_none() -> None:
    assert read_argv('["nginx", "-g", "a b"]') == ["nginx", "-g", "a b"]
    assert read_argv("[ -f x ]") == ["[", "-f", "x", "]"]
    assert read_argv("[]") == []
    assert read_argv("[" * 100_000) == ["[" * 100_000]


def test_what_engines_set_beside_a_memory_limit_does_not_stand_in_its_way() -> None:
    host = {"Memory": 64 << 20, "MemorySwap": 128 << 20}
    written = write({"Config": {"Image": "a:1"}, "HostConfig": host}, version=LAST)
    assert written.values == {"image": "a:1", "memory": "64m"}


def test_what_no_field_has_words_for_is_carried_over_unchanged() -> None:
    first = {
        "Id": "f" * 64,
        "Config": {"Image": "a:1", "Healthcheck": {"Test": ["curl"], "Retries": 3}},
        "HostConfig": {"Tmpfs": {"/a:b": ""}, "Dns": ["x"], "MaskedPaths": ["/proc/kcore"], "ReadonlyPaths": []},
    }
    written = write(first, version=LAST)
    assert written.lost == []
    assert written.carried == {
        "Healthcheck.Test": ["curl"], "HostConfig.Tmpfs": {"/a:b": ""}, "HostConfig.Dns": ["x"],
        "HostConfig.MaskedPaths": ["/proc/kcore"], "HostConfig.ReadonlyPaths": [],
    }  # fmt: skip
    assert len(written.carried_words) == len(written.carried)
    built = build(written.values, version=LAST, carried=json.loads(json.dumps(written.carried)))
    assert built.spec is not None
    body = create_body(built.spec)
    assert body == {
        "Image": "a:1",
        "Healthcheck": {"Test": ["curl"], "Retries": 3},
        "HostConfig": first["HostConfig"],
    }
    typed = build({**written.values, "dns": "1.1.1.1"}, version=LAST, carried=written.carried)
    assert typed.spec is not None
    assert typed.spec.host_config is not None
    assert typed.spec.host_config.dns == ["1.1.1.1"]


def test_mounts_of_newer_engines_come_back_in_a_line_or_as_they_are() -> None:
    sayable = [
        {"Type": "volume", "Source": "v", "Target": "/v", "VolumeOptions": {"Subpath": "a b"}},
        {"Type": "bind", "Source": "/b", "Target": "/b", "BindOptions": {"ReadOnlyForceRecursive": True}},
    ]
    image = {"Type": "image", "Source": "a:1", "Target": "/i", "ImageOptions": {"Subpath": "x"}}
    further = {"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"Options": [["noexec"], ["size", "1m"]]}}
    for mounts, fields in ((sayable, {"image", "mounts"}), ([*sayable, image], {"image"}), ([further], {"image"})):
        written = write({"Config": {"Image": "a:1"}, "HostConfig": {"Mounts": mounts}}, version=NEWEST)
        assert (written.lost, set(written.values)) == ([], fields)
        built = build(written.values, version=NEWEST, carried=written.carried)
        assert built.spec is not None
        assert create_body(built.spec)["HostConfig"]["Mounts"] == mounts


def test_what_this_version_lacks_is_named() -> None:
    host = {"Tmpfs": {"/a:b": ""}, "Init": True, "MaskedPaths": ["/x"], "CgroupnsMode": "host", "UsernsMode": "host"}
    written = write({"Config": {"Image": "a:1"}, "HostConfig": host}, version=ApiVersion(1, 20))
    assert written.carried == {}
    assert written.lost == [
        "Init process (needs API 1.25)", "Temporary file systems", "User namespace (needs API 1.23)",
        "HostConfig.MaskedPaths",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "version", "words"),
    [
        ("two", (1, 20), "Needs API 1.21"),
        ("two,alias=a", (1, 21), "needs API 1.22"),
        ("two,driver-opt=a=b", (1, 31), "“DriverOpts” needs API 1.32"),
        ("two,ip=fd00::1", (1, 41), "no IPv4 address"),
        ("two,what=1", (1, 41), "no option “what”"),
        ("two,alias=", (1, 41), "has no value"),
        ("two\ntwo", (1, 41), "stands twice"),
        ("one", (1, 41), "the first network already"),
        ("host", (1, 41), "begin with the name"),
    ],
)
def test_what_is_wrong_with_a_further_network_is_said_there(text: str, version: tuple[int, int], words: str) -> None:
    found = build({"image": "a:1", "network": "one", "further_networks": text}, version=ApiVersion(*version)).faults
    assert set(found) == {"further_networks"}
    assert words in found["further_networks"]


@pytest.mark.parametrize("first", ["host", "none", "container:web"])
def test_there_are_no_further_networks_beside_what_is_none(first: str) -> None:
    found = build({"image": "a:1", "network": first, "further_networks": "two"}, version=LAST).faults
    assert "Not beside" in found["further_networks"]


def test_a_line_with_several_networks_fills_the_first_and_the_further_ones() -> None:
    read = read_run_line(
        "docker run --network one --ip 10.0.0.2 --net name=two,alias=a,ip=10.1.0.2,mac-address=x --net three a:1"
    )
    assert read.values == {
        "image": "a:1", "network": "one", "ipv4": "10.0.0.2", "further_networks": "two,alias=a,ip=10.1.0.2\nthree",
    }  # fmt: skip
    assert read.unknown == ["--network mac-address=x"]


def test_values_of_several_lines_survive_the_run_line() -> None:
    values = {
        "image": "a:1", "env": '"A=1\\n2"', "labels": '"a=1\\n2"', "health_cmd": '"[ -f x ]\\n"',
        "workdir": '" /a"', "mounts": '"type=volume,target=/a,\\"volume-label=a=b\\nc\\""',
    }  # fmt: skip
    line = run_line(values, is_started=True)
    assert (line.unsaid, "A=1\n2" in line.argv) == ([], True)
    assert build(read_run_line(line.text).values, version=LAST).spec == build(values, version=LAST).spec


@pytest.mark.parametrize(
    ("field", "text"),
    [("labels", '"a=b"="c"'), ("health_cmd", '["true"]'), ("further_networks", "two"), ("entrypoint", "[]")],
)
def test_what_the_run_line_cannot_say_is_named(field: str, text: str) -> None:
    assert run_line({"image": "a:1", field: text}, is_started=True).unsaid == [str(FIELDS[field].label)]
