"""Another name for a container, asked of the real engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import PINNED

LIST = "/hosts/local/containers/"


@pytest.mark.parametrize("version", PINNED)
def test_a_container_gets_the_name_it_is_given(
    ada: Client, raw: RawEngine, make_container: MakeContainer, version: str
) -> None:
    Host.objects.filter(slug="local").update(api_version=version)
    container_id = make_container(start=False)
    answer = ada.post(f"{LIST}{container_id}/rename/", {"name": f"/renamed-{version}"})
    assert (answer.status_code, answer.json()["name"]) == (200, f"renamed-{version}")
    assert raw.inspect(container_id)["Name"] == f"/renamed-{version}"
    again = ada.post(f"{LIST}renamed-{version}/rename/", {"name": f"renamed-{version}"})
    assert (again.status_code, again.json()["was_needed"]) == (200, False)


def test_a_name_that_is_taken_leads_to_its_holder(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    """Conformance 12."""
    holder = make_container(name="name-holder", start=False)
    container_id = make_container(name="name-seeker", start=False)
    answer = ada.post(f"{LIST}{container_id}/rename/", {"name": "name-holder"})
    assert answer.status_code == 409
    assert f"name-holder ({holder[:12]})" in answer.json()["detail"]
    page = ada.post(f"{LIST}{container_id}/rename/", {"name": "name-holder"}, headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert f'href="{LIST}{holder}/"' in page.content.decode()
    assert 'value="name-holder"' in page.content.decode()
    assert raw.inspect(container_id)["Name"] == "/name-seeker"


@pytest.mark.parametrize("name", ["", "a", "-a", "a b", "ä-name", "a/b", "..", "x" * 300])
def test_what_cannot_be_a_name_is_said_at_the_field(
    ada: Client, raw: RawEngine, make_container: MakeContainer, name: str
) -> None:
    container_id = make_container(start=False)
    before = raw.inspect(container_id)["Name"]
    assert ada.post(f"{LIST}{container_id}/rename/", {"name": name}).status_code == 400
    page = ada.post(f"{LIST}{container_id}/rename/", {"name": name}, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert 'id="rename-name_error"' in page.content.decode()
    assert raw.inspect(container_id)["Name"] == before


def test_a_viewer_renames_nothing(
    as_actor: Callable[[str], Client], raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(name="stays-so", start=False)
    assert as_actor("viewer").post(f"{LIST}{container_id}/rename/", {"name": "other"}).status_code == 403
    assert raw.inspect(container_id)["Name"] == "/stays-so"
