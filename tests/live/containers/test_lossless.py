"""Form of a container, and a container of that form: the engine says the same of both, asked directly.

Create, edit nothing, create again, compare the two inspects: with everything set that this engine takes, with mixtures
of odd values, in old API versions, and with settings that no form of ours made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.containers.creation.building import build
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.fields_limits import LIMITS
from apps.containers.creation.texts import written_entry, written_env
from apps.containers.creation.writing import Written, write
from apps.containers.presenters.creation import preview
from apps.containers.services.run_line import read_run_line
from apps.containers.services.usual import Usual, confirmed, usually
from apps.engine.api.container_create import container_create
from apps.engine.api.networks import network_connect
from apps.engine.api.system import info
from apps.engine.endpoint import Endpoint
from apps.engine.sync import Engine
from apps.engine.types.container_create import create_body
from apps.engine.version import ApiVersion
from scripts.private_engine import RawEngine
from tests.containers.form_values import ENTRIES, EVERYTHING, ODD, PAIRS, PEER, PLAIN, WORDS, lines
from tests.engines.versions import IS_DEFAULT, NEWEST, spoken

RICH = "lossless/rich:1"
NETWORKS = {"lossless-one": 1, "lossless-two": 2, "lossless three": 3}
VOLUMES = ("lossless-kept", "lossless-cache")
ANONYMOUS = re.compile(r"[0-9a-f]{64}")
CHANGES = [
    'ENTRYPOINT ["/bin/busybox"]', 'CMD ["sleep", "1000"]', "ENV FROM_IMAGE=yes", "ENV SECOND=2", "EXPOSE 7000/udp",
    "EXPOSE 80", "VOLUME /image-volume", "LABEL from=image", "LABEL both=image", "USER 12:34", "WORKDIR /home",
    "HEALTHCHECK --interval=1m --retries=7 CMD true",
]  # fmt: skip

TOO_NEW = {"mounts": ",bind-nonrecursive,consistency=cached", "further_networks": ",driver-opt=x=y=z"}
"""Words of EVERYTHING that API 1.25 does not have, although it has the fields."""
NEVER = {
    "name": "each has its own", "platform": "no member of the container", "network_off": "beside no network",
    "auto_remove": "not beside a restart policy", "cpus": "not beside period and quota",
    "uts": "not beside a host name",
    "cpu_rt_period": "no real-time scheduler in this kernel", "cpu_rt_runtime": "no real-time scheduler in this kernel",
    "storage_opt": "not on this file system", "cgroup": "not beside a parent", "health_off": "not beside a command",
    "privileged": "hides what is asked for otherwise",
}  # fmt: skip
"""Fields that EVERYTHING leaves out; mixtures and cases have some of them."""


@pytest.fixture(scope="module")
def ground(engine_process: Any) -> Iterator[RawEngine]:
    """An engine with networks, a peer, and an image that gives its containers a value for whatever images can give."""
    raw = RawEngine(engine_process.socket_path)
    for name, number in NETWORKS.items():
        subnets = [f"10.98.{number}.0/24", f"fd00:98:{number}::/64"]
        ipam = {"Config": [{"Subnet": subnet} for subnet in subnets]}
        status, answer = raw.post("/networks/create", {"Name": name, "EnableIPv6": True, "IPAM": ipam})
        assert status == 201, answer
    peer = raw.container(name=PEER, start=False, host_config={"Mounts": [{"Type": "volume", "Target": "/of-the-peer"}]})
    changes = "&".join(f"changes={change.replace(' ', '%20')}" for change in CHANGES)
    status, answer = raw.post(f"/commit?container={peer}&repo=lossless/rich&tag=1&{changes}", {"StopSignal": "SIGINT"})
    assert status == 201, answer
    yield raw
    raw.remove(peer)
    raw.delete(f"/images/{RICH}?force=1")
    for name in NETWORKS:
        raw.delete(f"/networks/{name.replace(' ', '%20')}")
    for name in VOLUMES:
        raw.delete(f"/volumes/{name}")


class Twice:
    """Makes containers in an API version, and makes them again."""

    def __init__(self, raw: RawEngine, version: str) -> None:
        self.raw = raw
        self.version = ApiVersion.parse(version)
        self.engine = Engine(Endpoint.parse(f"unix://{raw.socket_path}"), pinned=self.version)
        self.made: list[str] = []

    def of_form(self, values: Mapping[str, str], carried: Mapping[str, Any] | None = None) -> str:
        built = build(values, version=self.version, carried=carried)
        assert built.faults == {}
        assert built.spec is not None
        made = self.engine.run(container_create(built.spec, name=built.name)).id
        self.made.append(made)
        for network, endpoint in built.further_networks:
            self.engine.run(network_connect(network, container_id=made, endpoint=endpoint))
        return made

    def of_body(self, body: Mapping[str, Any]) -> str:
        status, answer = self.raw.post(f"/v{self.version}/containers/create", {"Image": RICH, **body})
        assert status == 201, answer
        self.made.append(answer["Id"])
        return str(answer["Id"])

    def inspect(self, container_id: str) -> dict[str, Any]:
        """As this version says it: that is what the form is made of."""
        status, answer = self.raw.get(f"/v{self.version}/containers/{container_id}/json")
        assert status == 200, answer
        return dict(answer)

    def written(self, container_id: str, *, is_same: bool = False) -> Written:
        found = self.inspect(container_id)
        image = self.raw.get(f"/images/{found['Image']}/json")[1]["Config"]
        return write(found, version=self.version, image=image, is_same=is_same)

    def remove(self) -> None:
        while self.made:
            self.raw.remove(self.made.pop())


@contextmanager
def twice(raw: RawEngine, version: str) -> Iterator[Twice]:
    making = Twice(raw, version)
    try:
        yield making
    finally:
        making.remove()
        making.engine.close()


def said(inspected: dict[str, Any], *, is_same: bool = False) -> dict[str, Any]:
    """What an engine says of a container that does not depend on its being this one."""
    short_id = inspected["Id"][:12]
    config = {name: value for name, value in inspected["Config"].items() if (name, value) != ("Hostname", short_id)}
    host = {**inspected["HostConfig"]}
    host["Links"] = sorted(line.replace(inspected["Name"], "/this") for line in host["Links"] or [])
    host["BlkioWeightDevice"] = host["BlkioWeightDevice"] or None  # [] where the kernel does not have it
    host.setdefault("Runtime", "runc")  # asked without any HostConfig, engines do not name it
    host["Mounts"] = [
        {name: value for name, value in mount.items() if value not in ({}, False)} for mount in host.get("Mounts", [])
    ]
    networks = {
        name: {
            "IPAMConfig": each["IPAMConfig"] or None,
            "Links": each["Links"] or None,
            "Aliases": [alias for alias in each["Aliases"] or [] if alias != short_id],
            "DriverOpts": each["DriverOpts"] or None,
        }
        for name, each in inspected["NetworkSettings"]["Networks"].items()
    }
    mounts = sorted(inspected["Mounts"], key=lambda mount: str(mount["Destination"]))
    if not is_same:
        mounts = [
            {**mount, "Name": "", "Source": ""} if ANONYMOUS.fullmatch(mount.get("Name", "")) else mount
            for mount in mounts
        ]
    return {"Config": config, "HostConfig": host, "Networks": networks, "Mounts": mounts}


def assert_same(making: Twice, first: str, second: str) -> None:
    """Compare in the newest version, which says most, whatever version made them."""
    before, after = said(making.raw.inspect(first)), said(making.raw.inspect(second))
    for part in before:
        assert after[part] == before[part], part


def everything_in(version: str) -> dict[str, str]:
    spoken = ApiVersion.parse(version)
    return {name: text for name, text in EVERYTHING.items() if FIELDS[name].is_in(spoken)}


@pytest.mark.parametrize("version", spoken("1.20", "1.25", "1.41")[::-1])
def test_everything_that_can_be_set_is_in_the_second_container_too(ground: RawEngine, version: str) -> None:
    assert set(FIELDS) - set(EVERYTHING) <= set(NEVER)
    values = everything_in(version)
    if version != NEWEST:
        for name, words in TOO_NEW.items():
            values[name] = values.get(name, "").replace(words, "")
    with twice(ground, version) as making:
        first = making.of_form(values)
        written = making.written(first)
        assert (written.lost, written.carried) == ([], {})
        second = making.of_form(written.values)
        assert_same(making, first, second)
        if version == NEWEST:
            dropped = {name for name, text in values.items() if text} - set(written.values)
            kernel = {each.name for each in LIMITS.fields}
            assert dropped <= kernel, "engines leave out limits that their kernel does not have; the rest is there"


MIXTURES = st.fixed_dictionaries(
    {"image": st.sampled_from([PLAIN, RICH]), "command": WORDS},
    optional={
        "env": lines(ENTRIES, written_env),
        "labels": PAIRS,
        "entrypoint": st.sampled_from(["[]", "''", "/bin/busybox"]) | WORDS,
        "workdir": st.sampled_from(["/home", "/a b", "/tmp/../x/"]),
        "user": st.sampled_from(["12:34", "0", "nobody"]),
        "ports": lines(st.sampled_from(["80", "8080:80", "127.0.0.1:81:80/udp", "90-92:90-92", "[::1]:9:7000/udp"])),
        "expose": lines(st.sampled_from(["80", "7000/udp", "81/sctp", "100-102"])),
        "binds": lines(st.sampled_from(["/image-volume", "lossless-kept:/image-volume:ro", "/other", "/tmp:/t:z"])),
        "restart": st.sampled_from(["no", "always", "unless-stopped", "on-failure"]),
        "tty": st.just("on"),
        "init": st.sampled_from(["true", "false"]),
        "stop_signal": st.sampled_from(["SIGINT", "9", "SIGTERM"]),
        "stop_timeout": st.sampled_from(["-1", "0", "7"]),
        "network": st.sampled_from(["bridge", "default", "lossless-one", "lossless three"]),
        "further_networks": lines(st.sampled_from(["lossless-two", "lossless-two,alias=a b,ip=10.98.2.3"])).filter(
            lambda text: "\n" not in text
        ),
        "hostname": st.sampled_from(["box", "a.b"]),
        "mounts": lines(
            st.sampled_from(["type=volume,target=/m1", "type=tmpfs,target=/m2", "type=bind,source=/tmp,target=/m3"])
        ),
        "tmpfs": lines(st.sampled_from(["/t1", "/t2:size=1m"])),
        "swappiness": st.sampled_from(["-1", "0", "60"]),
        "pids": st.sampled_from(["-1", "0", "9"]),
        "cpus": st.sampled_from(["0.5", "1"]),
        "memory": st.sampled_from(["6m", "7000001"]),
        "shm_size": st.sampled_from(["64m", "1"]),
        "privileged": st.just("on"),
        "unmask": st.just("on"),
        "uts": st.just("host"),
        "ipc": st.sampled_from(["host", "none", "private"]),
        "dns_options": lines(ODD),
        "groups": lines(st.sampled_from(["audio", "7"])),
        "health_cmd": ODD.filter(bool).map(written_entry) | st.sampled_from(["true", '["a", ""]', "[]"]),
        "health_off": st.just("on"),
        "health_interval": st.sampled_from(["1m", "90s"]),
        "health_retries": st.sampled_from(["0", "7", "8"]),
        "log_driver": st.sampled_from(["none", "json-file", "local"]),
    },
)


def possible(values: dict[str, str]) -> dict[str, str]:
    """Leave out what excludes another field of the mixture."""
    if "uts" in values:
        values.pop("hostname", None)
    if "health_off" in values:
        values.pop("health_cmd", None)
    if "binds" in values:
        targets = [line.split(":")[1] if ":" in line else line for line in values["binds"].split("\n")]
        if len(set(targets)) < len(targets):
            values["binds"] = values["binds"].split("\n")[0]
    return values


@settings(max_examples=25)
@given(MIXTURES.map(possible))
def test_any_mixture_is_the_same_in_the_second_container(ground: RawEngine, values: dict[str, str]) -> None:
    with twice(ground, NEWEST) as making:
        first = making.of_form(values)
        written = making.written(first)
        assert (written.lost, written.carried) == ([], {})
        assert_same(making, first, making.of_form(written.values))


HOST = "HostConfig"
FROM_ELSEWHERE: dict[str, dict[str, Any]] = {
    "nothing": {},
    "entrypoint-none": {"Entrypoint": [""], "Cmd": ["true"]},
    "entrypoint-empty": {"Entrypoint": [], "Cmd": None},
    "entrypoint-empty-with-command": {"Entrypoint": [], "Cmd": [""]},
    "entrypoint-of-the-image-without-its-command": {"Entrypoint": ["/bin/busybox"]},
    "entrypoint-with-empty-command": {"Entrypoint": ["/bin/busybox", ""], "Cmd": []},
    "environment-of-the-image-said-again": {"Env": ["SECOND=2", "A=1", "FROM_IMAGE=yes"]},
    "environment-twice": {"Env": ["A=1", "A=2", "X Y= z", " B=1"]},
    "labels-of-the-image-said-again": {"Labels": {"from": "image", "both": "mine", "": "", " a ": "b"}},
    "health-of-the-image-in-part": {"Healthcheck": {"Interval": 90 * 10**9}},
    "health-none-with-times": {"Healthcheck": {"Test": ["NONE"], "Retries": 7}},
    "health-of-an-unknown-kind": {"Healthcheck": {"Test": ["curl", "-f"]}},
    "masks-of-its-own": {HOST: {"MaskedPaths": ["/proc/kcore"], "ReadonlyPaths": []}},
    "only-masks-taken-away": {HOST: {"MaskedPaths": []}},
    "devices-without-a-place": {HOST: {"Devices": [{"PathOnHost": "/dev/null"}]}},
    "tmpfs-with-a-colon": {HOST: {"Tmpfs": {"/a:b": "", "/c": "size=1m"}}},
    "name-servers-that-are-none": {HOST: {"Dns": ["x"], "ExtraHosts": ["a:host-gateway"], "GroupAdd": [""]}},
    "gpus-of-several-kinds": {HOST: {"DeviceRequests": [{"Count": 1, "Capabilities": [["gpu"], ["x", "y"]]}]}},
    "gpus-without-a-kind": {HOST: {"DeviceRequests": [{"Driver": "x", "Count": 0, "Options": {"a": ""}}]}},
    "mounts-with-empty-members": {
        HOST: {"Mounts": [{"Type": "volume", "Target": "/v", "VolumeOptions": {"Labels": {"": "a\nb"}}},
                          {"Type": "bind", "Source": "/tmp", "Target": "/b", "ReadOnly": False, "BindOptions": {}}]}
    },
    "log-without-a-driver": {HOST: {"LogConfig": {"Config": {"max-size": "1m"}}}},
    "network-of-the-host": {HOST: {"NetworkMode": "host"}},
    "network-of-another": {HOST: {"NetworkMode": f"container:{PEER}"}},
    "no-network": {"NetworkDisabled": True},
    "removed-when-it-ends": {HOST: {"AutoRemove": True, "RestartPolicy": {"Name": "no"}}},
    "a-volume-where-the-image-has-one": {"Volumes": {"/x": {}}, HOST: {"Binds": ["lossless-kept:/image-volume"]}},
}  # fmt: skip


@pytest.mark.parametrize("body", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_what_others_made_is_the_same_in_the_second_container(ground: RawEngine, body: dict[str, Any]) -> None:
    with twice(ground, NEWEST) as making:
        first = making.of_body(body)
        written = making.written(first)
        assert written.lost == []
        kept = json.loads(json.dumps(written.carried))
        assert_same(making, first, making.of_form(written.values, carried=kept))


def test_what_the_image_gives_is_not_in_the_form(ground: RawEngine) -> None:
    with twice(ground, NEWEST) as making:
        usual = {"image", "shm_size", "ipc", "cgroupns", "log_driver"}
        if not IS_DEFAULT:
            usual |= {"network", "runtime", "restart"}  # asked without any HostConfig, newer engines name them
        assert set(making.written(making.of_body({})).values) == usual
        mine = making.of_body(
            {"Env": ["A=1"], "Cmd": ["true"], "Labels": {"both": "mine"}, "ExposedPorts": {"9/tcp": {}}}
        )
        values = making.written(mine).values
        assert set(values) == usual | {"env", "command", "labels", "expose"}
        assert (values["env"], values["labels"], values["expose"]) == ("A=1", "both=mine", "9/tcp")


def test_the_short_line_makes_the_same_container(ground: RawEngine) -> None:
    """What it leaves out is what this engine does of itself."""
    with twice(ground, "1.41") as making:
        first = making.of_form({"image": PLAIN, "command": "sleep 1000", "env": "A=1"})
        status, answer = ground.post(f"/containers/{first}/start")
        assert status == 204, answer
        values = making.written(first).values
        told = making.engine.run(info())
        usual = Usual(confirmed(values, told), usually(values, making.version))
        named = {"runtime", "log_driver", "cgroupns"} | (set() if IS_DEFAULT else {"restart"})
        assert usual.confirmed == named
        shown = preview(values, is_started=True, usual=usual)
        line = shown["run"] if IS_DEFAULT else shown["run"].replace("  --network bridge \\\n", "")  # newer ones name it
        assert line == f"docker run -d \\\n  -e A=1 \\\n  {PLAIN} sleep 1000"
        assert set(shown["left_out"]) >= {"--shm-size 64m", "--ipc private"}
        assert len(shown["left_out"]) == 2 or not IS_DEFAULT
        assert_same(making, first, making.of_form(read_run_line(shown["run"]).values))


def test_a_container_that_is_replaced_keeps_its_volumes_addresses_and_name(ground: RawEngine) -> None:
    with twice(ground, NEWEST) as making:
        values = {
            "image": RICH, "name": "lossless-first", "binds": "/own\nlossless-kept:/kept",
            "mounts": "type=volume,target=/mounted", "network": "lossless-one", "ipv4": "10.98.1.5",
            "net_aliases": "web", "further_networks": "lossless-two,ip=10.98.2.5,alias=back",
        }  # fmt: skip
        first = making.of_form(values)
        status, answer = ground.post(f"/containers/{first}/start")
        assert status == 204, answer
        before = ground.inspect(first)
        again = making.written(first, is_same=True)
        copy = making.written(first)
        assert (again.lost, again.carried, again.values["name"]) == ([], {}, "lossless-first")
        assert "name" not in copy.values
        ground.delete(f"/containers/{first}?force=1")
        second = making.of_form(again.values)
        status, answer = ground.post(f"/containers/{second}/start")
        assert status == 204, answer
        after = ground.inspect(second)
        assert after["Name"] == "/lossless-first"
        for part in ("Config", "Networks"):
            assert said(after, is_same=True)[part] == said(before, is_same=True)[part]
        volumes = {mount["Destination"]: mount["Name"] for mount in before["Mounts"]}
        assert {mount["Destination"]: mount["Name"] for mount in after["Mounts"]} == volumes
        assert set(volumes) == {"/own", "/kept", "/mounted", "/image-volume"}
        addresses = {name: each["IPAddress"] for name, each in after["NetworkSettings"]["Networks"].items()}
        assert addresses == {"lossless-one": "10.98.1.5", "lossless-two": "10.98.2.5"}
        # A duplicate of one that was replaced has volumes of its own: two never write into the same one by accident.
        duplicate = making.written(second)
        assert duplicate.values["binds"] == copy.values["binds"] == "lossless-kept:/kept\n/own"
        assert duplicate.values["mounts"] == copy.values["mounts"] == "type=volume,target=/mounted"


def test_the_first_network_may_be_another_one_by_now(ground: RawEngine) -> None:
    with twice(ground, NEWEST) as making:
        first = making.of_form({"image": PLAIN, "further_networks": "lossless-two,alias=back"})
        status, answer = ground.post("/networks/bridge/disconnect", {"Container": first})
        assert status == 200, answer
        written = making.written(first)
        assert (written.values["network"], written.values["net_aliases"]) == ("lossless-two", "back")
        second = making.of_form(written.values)
        assert set(ground.inspect(second)["NetworkSettings"]["Networks"]) == {"lossless-two"}


def test_the_spec_of_the_form_is_that_of_the_second_form(ground: RawEngine) -> None:
    """Once written, a form stays as it is: nothing is added or worn off by going round."""
    with twice(ground, NEWEST) as making:
        values = making.written(making.of_form(everything_in(NEWEST))).values
        again = making.written(making.of_form(values)).values
        assert again == values
        built = build(values, version=making.version)
        assert built.spec is not None
        assert create_body(built.spec)["Labels"][""] == "nameless"
