"""Views of the list that people keep for themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.containers.services.saved_views import MOST_VIEWS
from tests.engines.private import MakeContainer

LIST = "/hosts/local/containers/"
HTML = {"Accept": "text/html"}


def test_a_view_leads_back_to_what_it_showed(ada: Client, make_container: MakeContainer) -> None:
    make_container(name="view-in", start=False)
    make_container(name="view-out", start=False)
    saved = ada.post(f"{LIST}views/", {"name": "Mine & more", "query": "?q=name%3Aview-in&sort=-created&page=3&x=y"})
    address = saved.json()["address"]
    assert address == f"{LIST}?q=name%3Aview-in&sort=-created"
    assert [row["name"] for row in ada.get(address).json()["containers"]] == ["view-in"]
    page = ada.get(LIST, headers=HTML).content.decode()
    assert "Mine &amp; more" in page
    assert 'href="/hosts/local/containers/?q=name%3Aview-in&amp;sort=-created"' in page
    ada.post(f"{LIST}views/", {"name": "Mine & more", "query": "?q=web"})
    page = ada.get(LIST, headers=HTML).content.decode()
    assert page.count("Mine &amp; more</a>") == 1
    assert 'href="/hosts/local/containers/?q=web"' in page
    assert ada.post(f"{LIST}views/{saved.json()['id']}/delete/").status_code == 200
    assert "Mine &amp; more" not in ada.get(LIST, headers=HTML).content.decode()


def test_views_are_ones_own(as_actor: Callable[[str], Client]) -> None:
    ada, joan = as_actor("admin"), as_actor("viewer")
    view_id = ada.post(f"{LIST}views/", {"name": "of-ada", "query": "?q=a"}).json()["id"]
    assert joan.post(f"{LIST}views/", {"name": "of-joan", "query": ""}).status_code == 200
    page = joan.get(LIST, headers=HTML).content.decode()
    assert ("of-joan" in page, "of-ada" in page) == (True, False)
    assert joan.post(f"{LIST}views/{view_id}/delete/").status_code == 404
    assert "of-ada" in ada.get(LIST, headers=HTML).content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name(ada: Client, name: str) -> None:
    assert ada.post(f"{LIST}views/", {"name": name, "query": "?q=a"}).status_code == 400
    again = ada.post(f"{LIST}views/", {"name": name, "query": "?q=a"}, headers=HTML | {"X-Fragment": "1"})
    assert (again.status_code, 'id="view-name_error"' in again.content.decode()) == (400, True)
    assert 'value="?q=a"' in again.content.decode()


def test_views_are_bounded(ada: Client) -> None:
    for at in range(MOST_VIEWS):
        assert ada.post(f"{LIST}views/", {"name": f"view {at}"}).status_code == 200
    assert ada.post(f"{LIST}views/", {"name": "one more"}).status_code == 400
    assert ada.post(f"{LIST}views/", {"name": "view 3", "query": "?q=z"}).status_code == 200
