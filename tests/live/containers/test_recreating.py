"""Replacing a container on a real engine: what the engine says of it afterwards, asked directly."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from apps.accounts.actor import Actor, Role
from apps.accounts.models import User
from apps.containers.models import Revision
from apps.containers.services import recreating, replacing
from apps.containers.services.recreating import Options
from apps.containers.services.replacing import NotReplaced, Step
from apps.hosts import connections
from apps.hosts.models import Host
from apps.registries.addresses import parse_address
from apps.registries.credentials import keep_secret
from apps.registries.models import Registry as KnownRegistry
from apps.registries.models import SecretKind
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer
from tests.engines.registry import Registry
from tests.engines.versions import spoken
from tests.live.server import Server

HTML = {"Accept": "text/html"}
LIST = "/hosts/local/containers/"
IMAGE = "dockerweb/base:1"
LOOP = ["sh", "-c", "trap exit TERM; while :; do sleep 0.1; done"]


@pytest.fixture(autouse=True)
def leftovers(raw: RawEngine) -> Iterator[list[str]]:
    """Names (of containers), volumes and images to be removed: what is re-created is known to no fixture."""
    names: list[str] = []
    yield names
    for name in names:
        for each in raw.get(f'/containers/json?all=1&filters={{"name":["^/{name}"]}}')[1]:
            raw.delete(f"/containers/{each['Id']}?force=1&v=1")
    for network in ("again-front", "again-back"):
        raw.delete(f"/networks/{network}")


@pytest.fixture
def networks(raw: RawEngine, leftovers: list[str]) -> tuple[str, str]:
    """Two networks of one's own, the first with a subnet; they go after all containers."""
    made = []
    for name, ipam in (("again-front", {"Config": [{"Subnet": "172.31.77.0/24"}]}), ("again-back", None)):
        status, answer = raw.post("/networks/create", {"Name": name, "CheckDuplicate": True, "IPAM": ipam})
        assert status == 201, answer
        made.append(name)
    return made[0], made[1]


def pin(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)
    connections.forget()


def form_of(client: Client, ref: str) -> dict[str, str]:
    """What the page's form holds."""
    answer = client.get(f"{LIST}{ref}/edit/")
    assert answer.status_code == 200, answer.content
    values: dict[str, str] = answer.json()["definition"]
    return values


def edit(client: Client, ref: str, **changes: str) -> dict[str, Any]:
    """Change some fields and leave the others as they came."""
    answer = client.post(f"{LIST}{ref}/edit/", {**form_of(client, ref), **changes})
    return {**answer.json(), "status": answer.status_code}


def file_in(raw: RawEngine, ref: str, path: str) -> int:
    return int(raw.get(f"/containers/{ref}/archive?path={path}")[0])


@pytest.mark.parametrize("version", spoken("1.20", "1.25", "1.41"))
def test_an_edit_changes_what_was_changed_and_keeps_the_rest(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str], version: str
) -> None:
    pin(version)
    leftovers.append("edited")
    old = make_container(
        ["sh", "-c", "echo kept > /data/kept; trap exit TERM; while :; do sleep 0.1; done"],
        name="edited",
        Env=["A=1", "SECRET=hunter-of-two"],
        Volumes={"/data": {}},
        labels={"com.docker.compose.project": "shop"},
        host_config={"RestartPolicy": {"Name": "unless-stopped"}},
    )
    before = raw.inspect(old)
    told = edit(ada, old, env="A=2\nSECRET=hunter-of-two", memory="64m")
    assert (told["status"], told["is_changed"]) == (200, True), told
    now = raw.inspect("edited")
    assert now["Id"] == told["container_id"] != old
    assert raw.get(f"/containers/{old}/json")[0] == 404
    assert now["State"]["Running"] is True
    assert now["Config"]["Env"][:2] == ["A=2", "SECRET=hunter-of-two"]
    assert now["HostConfig"]["Memory"] == 64 << 20
    assert now["HostConfig"]["RestartPolicy"] == before["HostConfig"]["RestartPolicy"]
    assert (now["Config"]["Image"], now["Config"]["Labels"]) == (IMAGE, before["Config"]["Labels"])
    assert now["Mounts"][0]["Name"] == before["Mounts"][0]["Name"]
    assert file_in(raw, "edited", "/data/kept") == 200
    kept = list(Revision.objects.filter(name="edited").values_list("number", "what"))
    assert kept == [(2, "edited"), (1, "found")]
    assert "hunter" not in Revision.objects.latest("number").locked


def test_a_form_without_a_change_touches_nothing_unless_that_is_wished(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("untouched")
    old = make_container(LOOP, name="untouched")
    told = edit(ada, old)
    assert (told["is_changed"], told["container_id"]) == (False, old), told
    assert raw.inspect("untouched")["Id"] == old
    told = edit(ada, old, anyway="1")
    assert told["is_changed"] is True, told
    assert raw.inspect("untouched")["Id"] == told["container_id"] != old


@pytest.mark.parametrize("command", ["sh -c 'echo sorry; exit 3'", "/no/such/program"])
def test_what_does_not_stay_up_is_rolled_back(
    ada: Client,
    raw: RawEngine,
    make_container: MakeContainer,
    leftovers: list[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    monkeypatch.setattr(replacing, "SETTLE_S", 60.0)  # a loaded engine may be late to tell of an end
    leftovers.append("stays")
    old = make_container(LOOP, name="stays", Volumes={"/data": {}})
    told = edit(ada, old, command=command)
    assert told["status"] >= 400, told
    assert told["container_id"] == old
    assert "Everything is as before: stays runs again." in told["detail"]
    assert ("sorry" if "exit 3" in command else "no such file") in told["detail"]
    now = raw.inspect("stays")
    assert (now["Id"], now["State"]["Running"]) == (old, True)
    assert [each["Id"] for each in raw.get('/containers/json?all=1&filters={"name":["stays"]}')[1]] == [old]


def test_what_the_engine_does_not_make_never_stops_the_old_one(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("never")
    old = make_container(LOOP, name="never")
    started_at = raw.inspect(old)["State"]["StartedAt"]
    told = edit(ada, old, image="no-such/image:1")
    assert told["status"] == 404, told
    assert "never was not touched" in told["detail"]
    assert told["field"] == "image"
    assert "no-such/image:1" in told["field_words"]
    assert "Pull the image first" in told["hint"]
    assert edit(ada, old, memory="1m")["field"] == "memory"
    now = raw.inspect("never")
    assert (now["Id"], now["State"]["StartedAt"]) == (old, started_at)


def test_what_has_the_new_one_s_name_already_is_left_alone(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("both")
    old = make_container(LOOP, name="both")
    other = make_container(LOOP, name=f"both-new-{old[:12]}")  # another server may be at it just now
    assert edit(ada, old, env="A=1")["status"] == 409
    assert raw.inspect(other)["State"]["Running"]
    assert raw.inspect("both")["Id"] == old


def test_networks_with_their_addresses_and_names_stay_and_one_in_use_rolls_back(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str], networks: tuple[str, str]
) -> None:
    leftovers.append("netted")
    front, back = networks
    place = {"IPAMConfig": {"IPv4Address": "172.31.77.20"}, "Aliases": ["web"]}
    holder = make_container(LOOP, name="net-holder", host_config={"NetworkMode": front})
    taken = raw.inspect(holder)["NetworkSettings"]["Networks"][front]["IPAddress"]
    old = make_container(
        LOOP,
        name="netted",
        host_config={"NetworkMode": front},
        NetworkingConfig={"EndpointsConfig": {front: place}},
        start=False,
    )
    raw.post(f"/networks/{back}/connect", {"Container": old, "EndpointConfig": {"Aliases": ["inner"]}})
    raw.post(f"/containers/{old}/start")
    told = edit(ada, old, memory="64m")
    assert told["is_changed"] is True, told
    now = raw.inspect("netted")
    places = now["NetworkSettings"]["Networks"]
    assert set(places) == {front, back}
    assert places[front]["IPAddress"] == "172.31.77.20"
    assert "web" in places[front]["Aliases"]
    assert "inner" in places[back]["Aliases"]
    told = edit(ada, now["Id"], ipv4=taken)
    assert "Address already in use" in told["detail"], told
    again = raw.inspect("netted")
    assert (again["Id"], again["State"]["Running"]) == (now["Id"], True)
    assert again["NetworkSettings"]["Networks"][front]["IPAddress"] == "172.31.77.20"


def test_a_container_that_removes_itself_is_replaced_and_made_anew_when_that_fails(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("vanishing")
    command = ["sh", "-c", "touch /data/$(hostname); trap exit TERM; while :; do sleep 0.1; done"]
    host = {"AutoRemove": True}
    old = make_container(command, name="vanishing", host_config=host, Volumes={"/data": {}}, Env=["A=1"])
    volume = raw.inspect(old)["Mounts"][0]["Name"]
    told = edit(ada, old, env="A=2")
    assert told["is_changed"] is True, told
    now = raw.inspect("vanishing")
    assert (now["HostConfig"]["AutoRemove"], now["Mounts"][0]["Name"]) == (True, volume)
    told = edit(ada, now["Id"], command="/no/such/program")
    assert "made anew" in told["detail"], told
    again = raw.inspect("vanishing")
    assert (again["State"]["Running"], again["Config"]["Cmd"]) == (True, command)
    assert file_in(raw, "vanishing", f"/data/{old[:12]}") == 200
    assert (again["Config"]["Env"][0], again["Mounts"][0]["Name"]) == ("A=2", volume)
    assert told["container_id"] == again["Id"]


def test_the_old_one_is_kept_when_that_is_wished(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("keeper")
    old = make_container(LOOP, name="keeper")
    told = edit(ada, old, memory="64m", keep="1")
    assert told["is_changed"] is True, told
    aside = raw.inspect(f"keeper-before-{old[:12]}")
    assert (aside["Id"], aside["State"]["Running"]) == (old, False)
    assert "This was keeper until live-admin re-created it" in ada.get(f"{LIST}{old}/", headers=HTML).content.decode()
    assert "This was keeper" not in ada.get(f"{LIST}keeper/", headers=HTML).content.decode()


def test_a_revision_is_restored_with_the_image_of_its_time(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("restored")
    raw.post(f"/images/{IMAGE}/tag?repo=play.invalid/moving&tag=1")
    old = make_container(LOOP, name="restored", image="play.invalid/moving:1", Env=["A=1"])
    first_image = raw.inspect(old)["Image"]
    other = make_container(start=False)
    _status, made = raw.post(f"/commit?container={other}&repo=play.invalid/moving&tag=1&changes=LABEL%20a=b")
    told = ada.post(f"{LIST}{old}/recreate/").json()
    assert told["is_changed"] is True, told
    assert raw.inspect("restored")["Image"] == made["Id"] != first_image
    told = ada.post(f"{LIST}restored/recreate/").json()
    assert (told["is_changed"], told["title"]) == (False, "restored is up to date")
    told = edit(ada, "restored", env="A=2\nB=3", memory="64m")
    assert told["is_changed"] is True, told
    rows = ada.get(f"{LIST}restored/revisions/").json()["revisions"]
    assert [row["what"] for row in rows] == ["Edited", "Image renewed", "As it was found"]
    assert {change["field"]: change["words"] for change in rows[0]["changes"]} == {
        "Environment": "B added; A changed",
        "Memory": "not set → 64m",
    }
    told = ada.post(f"{LIST}restored/revisions/1/restore/").json()
    assert told["is_changed"] is True, told
    now = raw.inspect("restored")
    assert (now["Image"], now["HostConfig"]["Memory"]) == (first_image, 0)
    assert now["Config"]["Env"][0] == "A=1"
    assert Revision.objects.filter(name="restored").latest("number").restored_number == 1
    ada.post(f"{LIST}restored/rename/", {"name": "restored-2"})
    assert Revision.objects.filter(name="restored-2").count() == 4
    raw.delete(f"/containers/{now['Id']}?force=1")
    raw.delete("/images/play.invalid/moving:1?force=1")


def test_the_newest_image_is_pulled_and_nothing_is_done_when_there_is_none(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str], registry: Registry
) -> None:
    leftovers.append("renewed")
    address = parse_address(f"http://{registry.address}")
    known = KnownRegistry(name="tests", scheme=address.scheme, host=address.host, username=registry.username)
    keep_secret(known, registry.password, kind=SecretKind.PASSWORD)
    known.save()
    first = raw.get(f"/images/{IMAGE}/json")[1]["Id"]
    other = make_container(start=False)
    newer = raw.post(f"/commit?container={other}&changes=LABEL%20newer=1")[1]["Id"]
    registry.push(raw, newer, name="again/moving", tag="1")
    reference = registry.push(raw, IMAGE, name="again/moving", tag="1")
    old = make_container(LOOP, name="renewed", image=reference)
    told = ada.post(f"{LIST}renewed/recreate/", {"pull": "1"}).json()
    assert (told["is_changed"], told["title"]) == (False, "renewed is up to date"), told
    registry.push(raw, newer, name="again/moving", tag="1")
    raw.post(f"/images/{IMAGE}/tag?repo={registry.address}/again/moving&tag=1")
    told = ada.post(f"{LIST}renewed/recreate/", {"pull": "1"}).json()
    assert (told["is_changed"], told["title"]) == (True, "renewed was re-created from the newest image"), told
    now = raw.inspect("renewed")
    assert (now["Image"], now["Config"]["Image"]) == (newer, reference)
    assert (raw.inspect(told["container_id"])["Id"], first != newer, old != now["Id"]) == (now["Id"], True, True)
    raw.delete(f"/containers/{now['Id']}?force=1")
    raw.delete(f"/images/{reference}?force=1")
    raw.delete(f"/images/{newer}?force=1")


def somebody() -> Actor:
    user = User.objects.create(username="replacer", role=Role.ADMIN)
    return Actor(user.pk, user.username, Role.ADMIN)


def changed(actor: Actor, ref: str) -> dict[str, str]:
    """The form of a container with one thing changed."""
    values = recreating.container_editable(actor, "local", ref).defined.definition.values
    return {**values, "labels": "changed=yes"}


def test_what_is_being_re_created_is_not_re_created_by_another(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("twice")
    actor, old = somebody(), make_container(LOOP, name="twice")
    refusals = []

    def tell(step: Step) -> None:
        if step is Step.STOP:
            refusals.append(ada.post(f"{LIST}{old}/recreate/", {"anyway": "1"}))

    recreating.container_edit(actor, "local", old, values=changed(actor, old), options=Options(), tell=tell)
    assert [answer.status_code for answer in refusals] == [409]
    assert "just now" in refusals[0].json()["title"]
    assert raw.inspect("twice")["Config"]["Labels"] == {"changed": "yes"}


def test_with_the_engine_dead_in_the_middle_it_is_told_that_nothing_could_be_put_back(
    db: None, own_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", own_engine.url)
    connections.forget()
    old = RawEngine(own_engine.socket_path).container(cmd=LOOP, name="cut")
    actor = somebody()

    def tell(step: Step) -> None:
        if step is Step.SWAP:
            own_engine.kill()

    told = recreating.container_edit(actor, "local", old, values=changed(actor, old), options=Options(), tell=tell)
    assert isinstance(told, NotReplaced)
    assert (told.step, told.old_id) == (Step.SWAP, old)
    assert told.undoing is not None
    assert told.old is not None
    assert told.old.status == ""
    own_engine.start()
    raw = RawEngine(own_engine.socket_path)
    names = {each["Names"][0] for each in raw.get("/containers/json?all=1")[1]}
    assert names == {"/cut", f"/cut-new-{old[:12]}"}
    connections.forget()


def test_a_container_that_this_program_runs_in_is_left_alone(
    ada: Client, raw: RawEngine, make_container: MakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_container(LOOP)
    monkeypatch.setattr("platform.node", lambda: old[:12])
    told = ada.post(f"{LIST}{old}/recreate/", {"anyway": "1"})
    assert (told.status_code, "runs in" in told.json()["title"]) == (409, True)
    assert raw.inspect(old)["State"]["Running"] is True


def test_who_edits_what_is_paused_is_told_before_and_nothing_is_done(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    old = make_container(LOOP, name="paused-one")
    raw.post(f"/containers/{old}/pause")
    page = ada.get(f"{LIST}{old}/edit/", headers=HTML).content.decode()
    assert "paused-one is paused." in page
    told = ada.post(f"{LIST}{old}/edit/", {**form_of(ada, old), "workdir": "/srv"}).json()
    assert "is paused" in told["title"]
    assert raw.inspect(old)["State"]["Paused"] is True
    raw.post(f"/containers/{old}/unpause")


def test_without_scripts_the_form_comes_back_with_what_was_typed_or_leads_to_the_new_one(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("plain")
    old = make_container(LOOP, name="plain")
    guest = make_container(LOOP, name="plain-guest", host_config={"NetworkMode": f"container:{old}"})
    page = ada.get(f"{LIST}{old}/edit/", headers=HTML).content.decode()
    assert "plain-guest will lose the network." in page
    raw.delete(f"/containers/{guest}?force=1")
    typed = {**form_of(ada, old), "image": "no-such/image:1", "workdir": "/srv/typed"}
    answer = ada.post(f"{LIST}{old}/edit/", typed, headers=HTML)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'value="/srv/typed"' in page
    assert "The new plain could not be made" in page
    assert "no-such/image:1" in "".join(answer.context["form"].errors["image"])
    assert "plain was not touched" in page
    answer = ada.post(f"{LIST}{old}/recreate/", {"anyway": "1"}, headers=HTML)
    now = raw.inspect("plain")["Id"]
    assert (answer.status_code, answer["Location"], now != old) == (302, f"{LIST}{now}/", True)


def test_a_reader_who_leaves_in_the_middle_does_not_leave_it_half_done(
    live_server: Server, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("unwatched")
    old = make_container(LOOP, name="unwatched")
    connection = http.client.HTTPConnection("127.0.0.1", live_server.port, timeout=90)
    headers = {"Cookie": live_server.session_cookie("ada"), "Origin": live_server.origin, "Accept": "text/html"}
    connection.request("GET", LIST, headers=headers)
    page = connection.getresponse().read().decode()
    headers |= {"X-CSRFToken": page.partition('data-csrf="')[2].partition('"')[0]}
    headers |= {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/x-ndjson"}
    connection.request("POST", f"{LIST}{old}/recreate/", body=urlencode({"anyway": "1"}), headers=headers)
    answer = connection.getresponse()
    first = json.loads(answer.readline())
    assert (answer.status, first["type"], first["step"]) == (200, "step", "make")
    answer.close()
    connection.close()
    until = time.monotonic() + 60
    while raw.get(f"/containers/{old}/json")[0] != 404:
        assert time.monotonic() < until, live_server.log
        time.sleep(0.1)
    now = raw.inspect("unwatched")
    assert (now["Id"] != old, now["State"]["Running"]) == (True, True)
