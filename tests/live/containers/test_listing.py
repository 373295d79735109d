"""The list of a real engine."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from scripts.private_engine import RawEngine

LIST = "/hosts/local/containers/"
Make = Callable[..., str]


def test_the_list_says_what_the_engine_says(ada: Client, raw: RawEngine, make_container: Make) -> None:
    running = make_container(name="listed-up", labels={"com.docker.compose.project": "listing"})
    stopped = make_container(name="listed-off", start=False, labels={"com.docker.compose.project": "listing"})
    told = ada.get(LIST, {"q": "project:listing"}).json()
    assert {row["id"]: row["state"] for row in told["containers"]} == {running: "running", stopped: "created"}
    assert (told["found"], told["counts"]["running"], told["counts"]["created"]) == (2, 1, 1)
    assert told["total"] == len(raw.containers())
    assert [row["id"] for row in ada.get(LIST, {"q": "project:listing", "all": "0"}).json()["containers"]] == [running]


def test_a_broken_filter_is_a_400_for_programs_and_words_for_people(ada: Client, make_container: Make) -> None:
    make_container(name="listed-one", start=False)
    answer = ada.get(LIST, {"q": "colour:red"})
    assert answer.status_code == 400
    assert "colour" in answer.json()["detail"]
    page = ada.get(LIST, {"q": "colour:red listed"}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "There is no filter “colour”" in page.content.decode()
    assert "listed-one" in page.content.decode()


def test_completion_offers_what_there_is(ada: Client, make_container: Make) -> None:
    make_container(name="listed-complete", start=False, labels={"listing.special": "yes"})
    assert ada.get(LIST, {"complete": "label:listing.sp"}).json() == {"suggestions": ["label:listing.special"]}


def test_a_hostile_name_or_label_stays_text(ada: Client, make_container: Make) -> None:
    evil = '"><script>alert(1)</script>'
    make_container(name="listed-evil", start=False, labels={"com.docker.compose.project": evil, "dockerweb.team": evil})
    page = ada.get(LIST, {"q": "name:listed-evil"}, headers={"Accept": "text/html"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_fragment_is_the_list_alone(joan: Client, make_container: Make) -> None:
    make_container(name="listed-viewed")
    html = joan.get(LIST, headers={"X-Fragment": "1", "Accept": "text/html"}).content.decode()
    assert html.lstrip().startswith('<div class="list" id="list"')
    assert "listed-viewed" in html
    assert "<html" not in html


def test_the_first_page_leads_here_and_readyz_knows_the_host(ada: Client) -> None:
    assert ada.get("/").headers["Location"] == LIST
    told = ada.get("/readyz").json()
    assert told["database"] == "up"
    assert told["hosts"]["local"]["state"] == "up"
