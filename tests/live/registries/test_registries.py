"""Registries with a real engine and a real registry that wants a password."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.actor import Actor, Role
from apps.core.errors import InvalidInput
from apps.registries.credentials import auth_header
from apps.registries.models import Registry as KeptRegistry
from apps.registries.references import parse
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.registry import Registry
from tests.engines.registry_fakes import listener_in
from tests.live.registries.visitor import Visitor
from tests.live.server import Server
from tests.registries.fake import Asked, FakeRegistry, Says

ADMIN = Actor(1, "ada", Role.ADMIN)
HTML = {"Accept": "text/html"}


@pytest.fixture
def kept(ada: Client, registry: Registry) -> Callable[..., int]:
    """`kept()`: the session's registry, known here with its credentials; its id."""

    def make(**fields: str) -> int:
        wish = {
            "name": "tests",
            "address": registry.address,
            "username": registry.username,
            "secret": registry.password,
        }
        answer = ada.post("/registries/add/", {**wish, **fields})
        assert answer.status_code == 201, answer.content
        return int(answer.json()["id"])

    return make


def checked(ada: Client, registry_id: int) -> dict[str, Any]:
    answer = ada.post(f"/registries/{registry_id}/check/")
    assert answer.status_code == 200, answer.content
    read: dict[str, Any] = answer.json()
    return read


def test_right_wrong_and_unreachable_are_three_sentences(
    ada: Client, kept: Callable[..., int], registry: Registry
) -> None:
    registry_id = kept()
    right = checked(ada, registry_id)
    assert (right["verdict"], right["title"]) == ("right", "tests accepts these credentials.")
    ada.post(f"/registries/{registry_id}/edit/", {"secret": "not the password"})
    wrong = checked(ada, registry_id)
    assert (wrong["verdict"], wrong["title"]) == ("wrong", "tests does not accept these credentials.")
    assert "401" in wrong["detail"]
    ada.post(f"/registries/{registry_id}/edit/", {"address": "127.0.0.1:1", "secret": registry.password})
    unreachable = checked(ada, registry_id)
    assert unreachable["verdict"] == "unreachable"
    assert unreachable["title"] == "The engine of local cannot reach tests."
    assert "refused" in unreachable["detail"]
    ada.post(f"/registries/{registry_id}/edit/", {"address": registry.address})  # clears the secret
    assert checked(ada, registry_id)["title"] == "tests wants credentials, and there are none."


def token_registry(asked: Asked) -> Says:
    """Takes tokens alone; gives them, and an identity token with them, for the password or the identity token."""
    host = asked.headers["host"]
    if asked.path == "/token":
        has_password = asked.headers.get("authorization") == basic("ada", "the password")
        fields = dict(parse_qsl(asked.body.decode()))
        if has_password or fields.get("refresh_token") == "canary-identity":
            gift = {"refresh_token": "canary-identity"} if asked.query.get("offline_token") == "true" else {}
            return Says(200, {"token": "short-lived", "access_token": "short-lived", **gift})
        return Says(401, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]})
    if asked.headers.get("authorization") == "Bearer short-lived":
        return Says(200, {"tags": ["1"]})
    challenge = f'Bearer realm="http://{host}/token",service="tests"'
    return Says(401, {"errors": [{"code": "UNAUTHORIZED"}]}, {"WWW-Authenticate": challenge})


def basic(username: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def test_the_engine_gets_an_identity_token_which_is_kept_and_shown_from_then_on(
    ada: Client, kept: Callable[..., int], engine_process: PrivateEngine
) -> None:
    there = FakeRegistry(token_registry, listener=listener_in(engine_process))
    try:
        registry_id = kept(address=there.address, secret="the password")
        found = checked(ada, registry_id)
        assert (found["verdict"], found["is_token_kept"]) == ("right", True)
        there.asked.clear()
        assert checked(ada, registry_id)["verdict"] == "right"
        assert any(b"refresh_token=canary-identity" in asked.body for asked in there.asked)
        assert not [asked for asked in there.asked if asked.headers.get("authorization", "").startswith("Basic")]
        ada.post(f"/registries/{registry_id}/edit/", {"secret": "wrong", "kind": "password"})
        found = checked(ada, registry_id)
        assert (found["verdict"], "incorrect username or password" in found["detail"]) == ("wrong", True)
    finally:
        there.close()


def test_conformance_38_the_engine_and_the_registry_take_what_is_kept(
    kept: Callable[..., int], registry: Registry, raw: RawEngine
) -> None:
    kept()
    reference = registry.push(raw, "dockerweb/base:1", name="reg/header")
    target = "/images/create?" + urlencode({"fromImage": f"{registry.address}/reg/header", "tag": "latest"})
    header = auth_header(ADMIN, parse(reference).registry_host)
    status, answer = raw.request("POST", target, headers={"X-Registry-Auth": header})
    assert status == 200, answer
    assert "error" not in str(answer)
    status, answer = raw.request("POST", target)
    assert "no basic auth credentials" in str(answer)
    raw.delete(f"/images/{quote(reference, safe='')}")


def test_what_lies_in_a_registry_is_seen_with_its_sizes_and_deleted(
    ada: Client, kept: Callable[..., int], registry: Registry, raw: RawEngine
) -> None:
    registry_id = kept()
    for tag in ("1", "1.0", "latest"):
        registry.push(raw, "dockerweb/base:1", name="reg/browsed", tag=tag)
    assert "reg/browsed" in ada.get(f"/registries/{registry_id}/repositories/").json()["repositories"]
    found = ada.get(f"/registries/{registry_id}/tags/?repository=reg/browsed").json()
    digest = registry.digest("reg/browsed", "1")
    manifest = manifest_of(registry, "reg/browsed", "1")
    size = manifest["config"]["size"] + sum(layer["size"] for layer in manifest["layers"])
    assert sorted(tag["name"] for tag in found["tags"]) == ["1", "1.0", "latest"]
    assert {(tag["digest"], tag["size_bytes"]) for tag in found["tags"]} == {(digest, size)}
    fields = {"repository": "reg/browsed", "tag": "1"}
    address = f"/registries/{registry_id}/delete-tag/"
    preview = ada.get(address, fields).json()
    assert (sorted(preview["also"]), preview["digest"], preview["is_complete"]) == (["1.0", "latest"], digest, True)
    assert ada.post(address, {**fields, "digest": f"sha256:{'0' * 64}"}).status_code == 409
    assert registry.tags("reg/browsed") == ["1", "1.0", "latest"]
    assert ada.post(address, {**fields, "digest": digest}).status_code == 200
    assert registry.tags("reg/browsed") == []
    assert ada.post(address, {**fields, "digest": digest}).status_code == 404
    missing = ada.get(f"/registries/{registry_id}/tags/?repository=reg/never")
    assert (missing.status_code, missing.json()["title"]) == (404, "The registry does not know this.")


def test_a_wrong_password_is_told_when_browsing(ada: Client, kept: Callable[..., int]) -> None:
    registry_id = kept(secret="not the password")
    answer = ada.get(f"/registries/{registry_id}/repositories/")
    assert (answer.status_code, answer.json()["title"]) == (502, "The registry does not accept these credentials.")
    page = ada.get(f"/registries/{registry_id}/repositories/", headers=HTML)
    assert page.status_code == 502
    assert "does not accept these credentials" in page.content.decode()


def test_the_engine_reads_references_as_we_do(raw: RawEngine) -> None:
    texts = [
        "regref", "regref:1.a_B-c", "team/regref", "docker.io/regref:2", "index.docker.io/team/regref",
        "library/regref:3", "localhost/regref", "local/regref", "a.b/regref", "Host.Example:5000/x/regref",
        "a__b/c--d/regref", "127.0.0.1:5/r",
    ]  # fmt: skip
    for text in texts:
        reference = parse(text)
        name, tag = text.rpartition("/")[2].partition(":")[::2]
        repo = f"{text.rpartition('/')[0]}/{name}".lstrip("/")
        status, answer = raw.post("/images/dockerweb/base:1/tag?" + urlencode({"repo": repo, "tag": tag}))
        assert status == 201, (text, answer)
        _, image = raw.get("/images/dockerweb/base:1/json")
        assert reference.familiar in image["RepoTags"], text
        assert raw.delete(f"/images/{reference.familiar}")[0] == 200
    for text in [
        "Regref",
        "team/Regref",
        "-regref",
        "a//b",
        "a___b",
        "ho_st:5000/x",
        "a" * 64,
        "x" * 300,
        "host:port/x",
    ]:
        with pytest.raises(InvalidInput):
            parse(text)
        status, answer = raw.post("/images/dockerweb/base:1/tag?" + urlencode({"repo": text, "tag": "1"}))
        assert status in (400, 500), (text, answer)


def test_the_secret_is_in_no_page_log_or_table(
    engine_process: PrivateEngine, own_server: Callable[..., Server], registry: Registry, raw: RawEngine
) -> None:
    server = own_server(engine_process)  # nobody else knows this registry there
    registry.push(raw, "dockerweb/base:1", name="reg/secret")
    visitor = Visitor(server)
    wish = {"name": "canary", "address": registry.address, "username": registry.username, "secret": registry.password}
    registry_id = json.loads(visitor.post("/registries/add/", wish, accept="application/json"))["id"]
    try:
        base = f"/registries/{registry_id}/"
        visitor.post(f"{base}check/", {})
        visitor.post(f"{base}edit/", {**wish, "address": "not an address"})
        visitor.post("/registries/add/", wish)
        pages = ["/registries/", base, f"{base}edit/", f"{base}repositories/", f"{base}tags/?repository=reg/secret"]
        for address in [*pages, f"{base}delete-tag/?repository=reg/secret&tag=latest"]:
            for accept in ("text/html", "application/json"):
                visitor.get(address, accept=accept)
        assert any("reg/secret" in body for body in visitor.bodies)
        secrets = (registry.password, quote(registry.password), hashlib.sha256(registry.password.encode()).hexdigest())
        kept = [path.read_bytes() for path in (server.folder / "data").rglob("*") if path.is_file()]
        assert any(b"canary" in content for content in kept)
        for secret in secrets:
            assert not [body for body in visitor.bodies if secret in body]
            assert secret not in server.log
            assert not [content for content in kept if secret.encode() in content]
    finally:
        visitor.post(f"/registries/{registry_id}/remove/", {})


def test_viewers_see_nothing_of_registries(joan: Client, kept: Callable[..., int]) -> None:
    registry_id = kept()
    for address in ("/registries/", f"/registries/{registry_id}/", f"/registries/{registry_id}/repositories/"):
        assert joan.get(address).status_code == 403
    assert auth_header(Actor(2, "joan", Role.VIEWER), KeptRegistry.objects.get().host) == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT locked_secret FROM registries_registry")
        assert "push>>>pull" not in repr(cursor.fetchall())


def manifest_of(registry: Registry, name: str, tag: str) -> dict[str, Any]:
    accepts = "application/vnd.docker.distribution.manifest.v2+json"
    read = registry.ask("GET", f"/v2/{name}/manifests/{tag}", accepts=accepts)[1]
    return dict(read if isinstance(read, dict) else json.loads(read))
