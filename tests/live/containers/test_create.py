"""Making containers on a real engine, in old and new API versions: what it says of them afterwards, asked directly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from apps.containers import selectors
from apps.containers.creation.building import build
from apps.containers.creation.fields import FIELDS
from apps.engine.types.container_create import create_body
from apps.engine.version import ApiVersion
from apps.hosts import connections, snapshots
from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.versions import IS_DEFAULT, PINNED, needs_old_wire

CREATE = "/hosts/local/containers/create/"
IMAGE = "dockerweb/base:1"
VERSIONS = PINNED
LOOP = "sh -c 'while :; do sleep 0.2; done'"

FULL = {
    "image": IMAGE,
    "command": "sh -c 'echo \"a b\"; sleep 1000'",
    "entrypoint": "/bin/busybox env",
    "ports": "127.0.0.1:18080:80\n53/udp\n18100-18101:8100-8101",
    "expose": "9000",
    "env": "# a comment\nA=1\nB=two words \nEMPTY=",
    "binds": "made-along:/data:ro\n/tmp:/host-tmp\n/anonymous",
    "restart": "on-failure",
    "restart_tries": "3",
    "workdir": "/tmp",
    "user": "0:0",
    "groups": "10\n20",
    "tty": "on",
    "stdin": "on",
    "stdin_once": "on",
    "init": "true",
    "stop_signal": "SIGINT",
    "stop_timeout": "3",
    "runtime": "runc",
    "hostname": "box",
    "domainname": "example.org",
    "mac": "02:42:ac:11:00:99",
    "dns": "1.1.1.1\n9.9.9.9",
    "dns_search": "example.org",
    "dns_options": "ndots:2",
    "extra_hosts": "db:10.0.0.5",
    "publish_all": "on",
    "mounts": "type=tmpfs,target=/scratch,tmpfs-size=1m,tmpfs-mode=1770\n"
    "type=volume,source=kept,target=/kept,volume-nocopy,volume-label=a=b",
    "tmpfs": "/run:size=64k",
    "shm_size": "32m",
    "read_only": "on",
    "memory": "64m",
    "memory_reservation": "32m",
    "memory_swap": "128m",
    "cpu_shares": "512",
    "cpus": "0.5",
    "cpuset": "0",
    "pids": "100",
    "ulimits": "nofile=100:200",
    "oom_score": "100",
    "cap_add": "NET_ADMIN",
    "cap_drop": "MKNOD",
    "security_opt": "no-new-privileges",
    "devices": "/dev/null:/dev/nothing:rw",
    "device_rules": "c 13:* rwm",
    "sysctls": "net.core.somaxconn=512",
    "ipc": "private",
    "pid": "host",
    "labels": "team=shop\nempty=",
    "health_cmd": "true || exit 1",
    "health_interval": "1m30s",
    "health_timeout": "500ms",
    "health_retries": "4",
    "health_start": "2s",
    "log_driver": "json-file",
    "log_opts": "max-size=10m",
}

LIMITS = {
    "MemoryLimit": ("memory", "memory_reservation", "memory_swap"),
    "SwapLimit": ("memory_swap",),
    "CPUShares": ("cpu_shares",),
    "CpuCfsQuota": ("cpus",),
    "CPUSet": ("cpuset",),
    "PidsLimit": ("pids",),
}


@pytest.fixture
def made(raw: RawEngine) -> Iterator[list[str]]:
    """Ids and names to be removed afterwards, and the volumes of FULL."""
    refs: list[str] = []
    yield refs
    for ref in refs:
        raw.delete(f"/containers/{ref}?force=1&v=1")
    for volume in ("made-along", "kept"):
        raw.delete(f"/volumes/{volume}")


@pytest.fixture
def web(ada: Client) -> Client:
    """Ada in a browser: pages, not JSON."""
    ada.defaults.pop("HTTP_ACCEPT", None)
    ada.defaults["HTTP_ACCEPT"] = "text/html"
    return ada


def pin(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)
    connections.forget()


def in_version(raw: RawEngine, version: str) -> dict[str, str]:
    """FULL without what the version lacks, and without limits that this kernel has not: engines drop those."""
    said = raw.get("/info")[1]
    impossible = {name for member, names in LIMITS.items() if not said.get(member) for name in names}
    spoken = ApiVersion.parse(version)
    return {name: text for name, text in FULL.items() if FIELDS[name].is_in(spoken) and name not in impossible}


def told(answer: Any) -> str:
    """What the page says went wrong."""
    return f"{dict(answer.context['form'].errors)} {answer.context['said'].notices}"


def create(web: Client, made: list[str], **fields: str) -> str:
    answer = web.post(CREATE, fields)
    assert answer.status_code == 302, told(answer)
    container_id = unquote(answer["Location"]).rstrip("/").rpartition("/")[2]
    made.append(container_id)
    return container_id


def expected(values: dict[str, str], version: str) -> dict[str, Any]:
    """What an engine is to say of a container made of these texts."""
    built = build(values, version=ApiVersion.parse(version))
    assert built.faults == {}
    assert built.spec is not None
    return create_body(built.spec)


def assert_held(said: Any, wished: Any, path: str) -> None:
    """Each member that was wished is there, with its value."""
    if isinstance(wished, dict) and isinstance(said, dict):
        for name, value in wished.items():
            assert_held(said.get(name), value, f"{path}.{name}")
    elif isinstance(wished, list) and wished and isinstance(wished[0], dict) and isinstance(said, list):
        assert len(said) == len(wished), path
        for index, value in enumerate(wished):
            assert_held(said[index], value, f"{path}[{index}]")
    else:
        assert said == wished, path


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_reaches_the_engine_as_it_was_written(
    web: Client, raw: RawEngine, made: list[str], version: str
) -> None:
    pin(version)
    values = in_version(raw, version)
    container_id = create(web, made, **values, name=f"full-{version}")
    said = raw.inspect(container_id)
    wished = expected(values, version)
    host = wished.pop("HostConfig")
    assert wished.pop("Env") == ["A=1", "B=two words ", "EMPTY="]
    assert host.pop("SecurityOpt")[0] in said["HostConfig"]["SecurityOpt"]  # engines add label=disable to pid: host
    assert said["Name"] == f"/full-{version}"
    assert_held(said["Config"], wished, "Config")
    assert_held(said["HostConfig"], host, "HostConfig")
    assert said["Config"]["Env"][:3] == ["A=1", "B=two words ", "EMPTY="]
    assert said["HostConfig"]["PortBindings"]["8101/tcp"] == [{"HostIp": "", "HostPort": "18101"}]
    assert said["State"]["Status"] == "created"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_duplicate_that_nobody_edits_is_the_same(web: Client, raw: RawEngine, made: list[str], version: str) -> None:
    pin(version)
    first = create(web, made, **in_version(raw, version))
    page = web.get(CREATE, {"from": first})
    assert page.status_code == 200
    values = page.context["form"].texts
    assert "cannot hold" not in page.content.decode()
    second = create(web, made, **{**values, "name": ""})
    assert first != second
    before, after = raw.inspect(first), raw.inspect(second)
    assert after["Config"] == before["Config"]
    assert after["HostConfig"] == before["HostConfig"]


def test_a_duplicate_has_also_what_no_field_holds(web: Client, raw: RawEngine, made: list[str]) -> None:
    masks = {"MaskedPaths": ["/proc/kcore"], "ReadonlyPaths": []}
    body = {"Image": IMAGE, "Healthcheck": {"Test": ["curl", "-f"]}, "HostConfig": masks}
    first = raw.post("/containers/create", body)[1]["Id"]
    made.append(first)
    page = web.get(CREATE, {"from": first[:12]})
    assert f'name="from" value="{first}"' in page.content.decode()
    values = {**page.context["form"].texts, "name": "", "from": first}
    wrong = web.post(CREATE, {**values, "memory": "lots"})
    assert wrong.status_code == 400
    assert f'name="from" value="{first}"' in wrong.content.decode()
    second = raw.inspect(create(web, made, **{**values, "memory": "64m"}))
    assert second["Config"]["Healthcheck"] == body["Healthcheck"]
    assert {name: second["HostConfig"][name] for name in masks} == masks
    assert second["HostConfig"]["Memory"] == 64 << 20
    raw.delete(f"/containers/{first}?force=1")
    late = web.post(CREATE, {**values, "env": "KEPT=yes"})
    assert late.status_code == 409
    assert "KEPT=yes" in late.content.decode()
    assert 'name="from"' not in late.content.decode()


def test_it_runs_at_once_when_that_is_wished(web: Client, raw: RawEngine, made: list[str]) -> None:
    container_id = create(web, made, image=IMAGE, command=LOOP, name="runs-now", start="on")
    assert raw.inspect(container_id)["State"]["Running"] is True


def test_a_network_of_ones_own_with_aliases_and_an_address(web: Client, raw: RawEngine, made: list[str]) -> None:
    status, network = raw.post(
        "/networks/create", {"Name": "shop-net", "IPAM": {"Config": [{"Subnet": "10.99.7.0/24"}]}}
    )
    assert status == 201, network
    try:
        create(web, made, image=IMAGE, name="peer", network="shop-net")
        container_id = create(
            web,
            made,
            image=IMAGE,
            network="shop-net",
            net_aliases="db\ndatabase",
            ipv4="10.99.7.77",
            links="peer:friend",
        )
        endpoint = raw.inspect(container_id)["NetworkSettings"]["Networks"]["shop-net"]
        assert endpoint["IPAMConfig"] == {"IPv4Address": "10.99.7.77"}
        assert {"db", "database"} <= set(endpoint["Aliases"])
        assert endpoint["Links"] == ["peer:friend"]
        values = web.get(CREATE, {"from": container_id}).context["form"].texts
        assert (values["net_aliases"], values["ipv4"]) == ("db\ndatabase", "10.99.7.77")
        assert values["links"] == "peer:friend"
        for ref in (container_id, "peer"):
            raw.delete(f"/containers/{ref}?force=1")
    finally:
        raw.delete("/networks/shop-net")


def test_further_networks_are_connected_before_it_starts(web: Client, raw: RawEngine, made: list[str]) -> None:
    names = ("front-net", "back-net")
    for name, subnet in zip(names, ("10.99.8.0/24", "10.99.9.0/24"), strict=True):
        raw.post("/networks/create", {"Name": name, "IPAM": {"Config": [{"Subnet": subnet}]}})
    try:
        further = "back-net,alias=db,ip=10.99.9.9"
        filled = {"image": IMAGE, "command": LOOP, "network": "front-net", "further_networks": further}
        container_id = create(web, made, **filled, start="on")
        networks = raw.inspect(container_id)["NetworkSettings"]["Networks"]
        assert set(networks) == set(names)
        assert networks["back-net"]["IPAddress"] == "10.99.9.9"
        assert "db" in networks["back-net"]["Aliases"]
        copy = web.get(CREATE, {"from": container_id}).context["form"].texts
        assert (copy["network"], copy["further_networks"]) == ("front-net", further)
        raw.remove(container_id)
    finally:
        for name in names:
            raw.delete(f"/networks/{name}")


@pytest.mark.parametrize(
    ("further", "words"), [("no-such-network", "no-such-network"), ("bridge,alias=db", "only for containers in user")]
)
def test_a_container_that_cannot_join_all_networks_is_not_made(
    web: Client, raw: RawEngine, further: str, words: str
) -> None:
    raw.post("/networks/create", {"Name": "only-net"})
    try:
        filled = {
            "image": IMAGE,
            "name": "half-made",
            "network": "only-net",
            "further_networks": further,
            "start": "on",
        }
        answer = web.post(CREATE, filled)
        assert answer.status_code == 400, told(answer)
        assert words in "".join(answer.context["form"].errors["further_networks"]), told(answer)
        assert raw.get("/containers/half-made/json")[0] == 404
    finally:
        raw.delete("/networks/only-net")


def test_conformance_12_a_name_that_is_taken_leads_to_its_holder(web: Client, made: list[str]) -> None:
    holder = create(web, made, image=IMAGE, name="taken-name")
    answer = web.post(CREATE, {"image": IMAGE, "name": "taken-name", "env": "KEPT=yes"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"/hosts/local/containers/{holder}/" in page
    assert "KEPT=yes" in page
    assert "already in use" in answer.context["form"].errors["name"][0]


def test_what_runs_is_never_removed_for_another_try(web: Client, raw: RawEngine, made: list[str]) -> None:
    running = create(web, made, image=IMAGE, command=LOOP, start="on")
    create(web, made, image=IMAGE, replace=running)
    assert raw.inspect(running)["State"]["Running"] is True


def test_conformance_10_an_image_that_is_not_here_can_be_pulled(web: Client) -> None:
    answer = web.post(CREATE, {"image": "nobody.invalid/none:1"})
    assert answer.status_code == 404
    assert "No such image" in answer.context["form"].errors["image"][0]
    assert 'name="pull"' in answer.content.decode()


def test_a_port_in_use_leaves_a_container_that_is_named(web: Client, raw: RawEngine, made: list[str]) -> None:
    create(web, made, image=IMAGE, command=LOOP, ports="127.0.0.1:18090:80", start="on")
    answer = web.post(
        CREATE, {"image": IMAGE, "command": LOOP, "name": "late-one", "ports": "127.0.0.1:18090:80", "start": "on"}
    )
    made.append("late-one")
    container_id = raw.inspect("late-one")["Id"]
    assert answer.status_code == 502
    notice = answer.context["said"].notices[0]
    assert notice.url == f"/hosts/local/containers/{container_id}/"
    assert "18090" in notice.detail
    assert "18090" in answer.context["form"].errors["ports"][0]
    second = create(web, made, image=IMAGE, command=LOOP, name="late-one", start="on", replace=container_id)
    assert raw.inspect(second)["State"]["Running"] is True
    assert raw.get(f"/containers/{container_id}/json")[0] == 404


@pytest.mark.parametrize("page", ["create/", "{ref}/", "{ref}/edit/"])
def test_the_frame_knows_its_host_on_the_first_page_after_a_start(
    web: Client, raw: RawEngine, made: list[str], page: str
) -> None:
    ref = raw.post("/containers/create", {"Image": IMAGE})[1]["Id"]
    made.append(ref)
    connections.forget()
    snapshots.forget()
    shown = web.get(f"/hosts/local/containers/{page.format(ref=ref)}").content.decode()
    assert raw.get("/version")[1]["Version"] in shown
    assert f'data-count="containers">{len(raw.get("/containers/json?all=1")[1])}<' in shown


def test_the_count_in_the_frame_is_taken_anew_once_it_is_old(
    web: Client, raw: RawEngine, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted() -> bool:
        shown = web.get(CREATE, headers={"Accept": "text/html"}).content.decode()
        return f'data-count="containers">{len(raw.get("/containers/json?all=1")[1])}<' in shown

    monkeypatch.setattr(selectors, "RECENT_S", 0.0)
    assert counted()
    made.append(raw.container(name="one-more-to-count", start=False))
    assert counted()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("command", "/nope", "/nope"),
        ("network", "no-such-net", "no-such-net"),
        ("user", "nobody-here", "nobody-here"),
        ("device_rules", "x 1:1 rwm", "device cgroup rule"),
        ("sysctls", "kernel.no_such=1", "kernel.no_such"),
    ],
)
def test_why_it_does_not_start_is_said_at_its_field(
    web: Client, made: list[str], field: str, text: str, words: str
) -> None:
    answer = web.post(CREATE, {"image": IMAGE, "name": "does-not-start", field: text, "start": "on"})
    made.append("does-not-start")
    assert answer.status_code == 502, told(answer)
    assert words in "".join(answer.context["form"].errors.get(field, [])), told(answer)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("memory", "1m", "Minimum memory limit"),
        ("image", "UPPER/case", "reference" if IS_DEFAULT else "UPPER/case"),
        ("log_opts", "no-such=1", "unknown log opt"),
        ("cpuset", "0-900", "Requested CPUs"),
    ],
)
def test_what_the_engine_refuses_is_said_at_its_field_in_its_words(
    web: Client, made: list[str], field: str, text: str, words: str
) -> None:
    answer = web.post(CREATE, {"image": IMAGE, "env": "KEPT=yes", field: text})
    assert answer.status_code in (400, 404), told(answer)
    assert words in "".join(answer.context["form"].errors.get(field, [])), told(answer)
    assert "KEPT=yes" in answer.content.decode()


@needs_old_wire
def test_a_field_that_the_version_lacks_is_refused_and_says_which_brings_it(web: Client) -> None:
    pin("1.20")
    page = web.get(CREATE).content.decode()
    assert "Needs API 1.25; this engine is spoken to in 1.20." in page
    answer = web.post(CREATE, {"image": IMAGE, "init": "true"})
    assert answer.status_code == 400
    assert "Needs API 1.25" in answer.context["form"].errors["init"][0]


def test_a_pasted_line_fills_the_form_and_names_what_it_cannot(web: Client) -> None:
    line = "docker run -dit --name web -p 8080:80 -e A='b c' --env-file x.env --fancy nginx:1 sh -c 'echo hi'"
    answer = web.post(CREATE, {"line": line, "read": "1"})
    values = answer.context["form"].texts
    assert (values["image"], values["ports"], values["env"]) == ("nginx:1", "8080:80", "A=b c")
    assert values["command"] == "sh -c 'echo hi'"
    assert answer.context["said"].notices[1].detail == "--env-file=x.env, --fancy"


def test_a_script_makes_a_container_and_is_told_what_is_wrong_with_which_field(
    web: Client, raw: RawEngine, made: list[str]
) -> None:
    as_json = {"Accept": "application/json"}
    answer = web.post(CREATE, {"image": IMAGE, "env": "=1", "memory": "much"}, headers=as_json)
    said = answer.json()
    assert (answer.status_code, said["status"], set(said["errors"])) == (400, 400, {"env", "memory"})
    answer = web.post(CREATE, {"image": "nowhere/none:1"}, headers=as_json)
    assert (answer.status_code, answer.json()["missing_image"]) == (404, "nowhere/none:1")
    answer = web.post(CREATE, {"image": IMAGE, "name": "by-script", "memory": "64m"}, headers=as_json)
    container_id = answer.json()["id"]
    made.append(container_id)
    assert (answer.status_code, answer.json()["is_started"]) == (201, False)
    assert raw.inspect(container_id)["Name"] == "/by-script"
    filled = web.get(CREATE, {"from": container_id}, headers=as_json).json()["values"]
    assert (filled["memory"], filled["image"]) == ("64m", IMAGE)


def test_the_preview_makes_nothing(web: Client, raw: RawEngine) -> None:
    before = len(raw.get("/containers/json?all=1")[1])
    answer = web.post(f"{CREATE}preview/", {"image": IMAGE, "ports": "8080:80", "start": "on"})
    assert json.loads(answer.content)["run"] == f"docker run -d \\\n  -p 8080:80 \\\n  {IMAGE}"
    assert len(raw.get("/containers/json?all=1")[1]) == before
