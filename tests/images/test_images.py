"""The images app without an engine: the filter line, the rows, the history's words, names in addresses."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.query.language import Query, Term
from apps.engine.types import tolerance
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.images import HistoryLayer, ImageSummary, SearchResult, image_inspect_of
from apps.images.listed import chip_counts, listed, sorted_rows
from apps.images.naming import in_order, is_piece_of_id, is_usable, repository_of
from apps.images.presenters.details import image_record
from apps.images.presenters.history import instruction, layer_rows
from apps.images.presenters.moments import known_moment, moment_of
from apps.images.presenters.rows import image_row
from apps.images.query import KEYS, compiled, engine_filters, parse
from apps.images.selectors import built_upon

FREE_KEYS = [key for key in KEYS if key not in ("used", "dangling", "until")]
terms = st.builds(Term, st.sampled_from(["", *FREE_KEYS]), st.text(min_size=1, max_size=12), st.booleans())


def image(image_id: str, *names: str, **fields: object) -> ImageSummary:
    return msgspec.convert(
        {"Id": f"sha256:{image_id * 64}", "RepoTags": list(names) or ["<none>:<none>"], **fields}, ImageSummary
    )


@given(st.lists(terms, max_size=6))
def test_what_is_written_is_read_back_as_it_was(given_terms: list[Term]) -> None:
    assert parse(str(Query(tuple(given_terms)))) == Query(tuple(given_terms))


def test_a_name_with_its_tag_is_a_word() -> None:
    assert parse("shop/web:2.1 -nginx:latest label:a=b").terms == (
        Term("", "shop/web:2.1"),
        Term("", "nginx:latest", True),
        Term("label", "a=b"),
    )


@pytest.mark.parametrize("line", ["used:maybe", "dangling:x", "until:soon", "until:", 'name:"open'])
def test_what_cannot_be_meant_is_explained(line: str) -> None:
    assert parse(line).problem


def test_terms_are_resolved_here_or_by_the_engine() -> None:
    rows = listed([image("a", "web:1"), image("b")])
    query = parse("label:a=b label:c* reference:web* -before:web:1 dangling:true name:web")
    filters = engine_filters(query, rows, "label", "reference", "before")
    assert filters.wanted == {"label": ["a=b"], "reference": ["web*"]}
    assert filters.unwanted == {"before": ["sha256:" + "a" * 64]}
    assert len(compiled(query)) == 2  # the label with a star, and the name
    assert engine_filters(parse("since:bbbb"), rows, "since").problem
    assert not engine_filters(parse("since:bbbbbbbbbbbb"), rows, "since").problem


def test_until_is_an_age_or_a_moment_before_which_an_image_was_made() -> None:
    now = time.time()
    rows = listed([image("a", "new:1", Created=int(now - 3600)), image("b", "old:1", Created=int(now - 200_000))])

    def fitting(line: str) -> list[str]:
        tests = compiled(parse(line))
        return [row.name for row in rows if all(test(row) for test in tests)]

    assert fitting("until:24h") == fitting("until:1d") == fitting("until:23h60m") == ["old:1"]
    assert fitting("until:1m") == fitting("until:2999-01-01") == fitting(f"until:{int(now)}") == ["new:1", "old:1"]
    assert fitting("until:2001-01-01") == []
    assert fitting("-until:24h") == ["new:1"]


def test_a_moment_that_no_engine_knows_is_no_age() -> None:
    never = image("a", "plain:1", Created=-62_135_596_800)
    assert (image_row(listed([never])[0]).created_words, moment_of(never.created)) == ("–", "")
    assert moment_of(0) == "1970-01-01T00:00:00Z"
    assert (known_moment("0001-01-01T00:00:00Z"), known_moment("2026-01-01T00:00:00Z")) == ("", "2026-01-01T00:00:00Z")


def test_rows_know_who_uses_them_and_count_by_kind() -> None:
    users = [ContainerBrief(id="1", image="web:1", image_id="sha256:" + "a" * 64), ContainerBrief(id="2", image="old")]
    rows = listed(
        [image("a", "web:1", Size=7), image("b", "old:latest", Size=9), image("c", RepoDigests=["x/y@sha256:1"])],
        containers=users,
        shared={"sha256:" + "a" * 64: 5},
    )
    assert [len(row.users) for row in rows] == [1, 1, 0]
    assert chip_counts(rows) == {"used": 2, "unused": 1, "dangling": 1}
    assert (rows[0].unique_bytes, rows[1].unique_bytes, rows[2].repository) == (2, None, "x/y")
    assert [row.name for row in sorted_rows(rows, "size")] == ["old:latest", "web:1", ""]
    assert [row.name for row in sorted_rows(rows, "name")] == ["old:latest", "web:1", ""]


def test_names_come_with_those_of_no_registry_first() -> None:
    assert in_order(["host:5000/a:1", "z:1", "team/b:2"]) == ["team/b:2", "z:1", "host:5000/a:1"]
    assert repository_of("host:5000/a:1") == "host:5000/a"
    assert repository_of("a@sha256:1") == "a"


@pytest.mark.parametrize("ref", ["web", "a/b:1", "h:5/x@sha256:" + "0" * 64, "sha256:" + "a" * 64, "0" * 12])
def test_a_reference_or_an_id_can_be_asked_for(ref: str) -> None:
    assert is_usable(ref)


@pytest.mark.parametrize("ref", ["", "..", "a/../b", "a//b", "/a", "a/", "a b", "-a", ".a", "ü", "a\n", "a" * 501])
def test_what_a_path_would_fold_away_cannot(ref: str) -> None:
    assert not is_usable(ref)


def test_eleven_digits_are_too_few_for_an_id() -> None:
    image_id = "sha256:" + "abc123" * 10 + "abcd"
    assert is_piece_of_id("abc123abc12", image_id)
    assert not is_piece_of_id("abc123abc123", image_id)
    assert not is_piece_of_id("abd", image_id)


INSTRUCTIONS = [
    ('/bin/sh -c #(nop)  CMD ["sh"]', "CMD", '["sh"]'),
    ("/bin/sh -c #(nop) COPY file:1 in /x ", "COPY", "file:1 in /x"),
    ("/bin/sh -c apt-get update", "RUN", "apt-get update"),
    ("RUN /bin/sh -c make all # buildkit", "RUN", "make all"),
    ("|1 TOKEN=secret words /bin/sh -c make", "RUN", "•••••• make"),
    ("RUN |2 A=1 TOKEN=secret /bin/sh -c make # buildkit", "RUN", "•••••• make"),
    ("|0 /bin/sh -c make", "RUN", "make"),
    ("|1 TOKEN=secret", "RUN", "••••••"),
    ("/bin/sh -c #(nop)  ENV A=secret B=secret words", "ENV", "A=••••••"),
    ("ENV A=secret", "ENV", "A=••••••"),
    ("/bin/sh -c #(nop)  ARG TOKEN=secret", "ARG", "TOKEN=••••••"),
    ("/bin/sh -c #(nop)  ARG TOKEN", "ARG", "TOKEN"),
    ("/bin/bash -o pipefail -c #(nop)  ENV TOKEN=secret", "ENV", "TOKEN=••••••"),  # after SHELL
    ("|1 TOKEN=secret /bin/bash -c make", "RUN", "••••••"),
    (f"RUN {' ' * 500_000}x # buildkit", "RUN", "x"),  # whoever made the image decides how long it is
    ("", "", ""),
    ("bash", "", "bash"),
]


@pytest.mark.parametrize(("created_by", "keyword", "words"), INSTRUCTIONS)
def test_a_step_is_told_as_a_dockerfile_would_without_its_secrets(created_by: str, keyword: str, words: str) -> None:
    assert instruction(created_by, shows_env=False) == (keyword, words)
    if "secret" in created_by:
        assert "secret" in " ".join(instruction(created_by, shows_env=True))


def test_an_image_of_the_year_0_has_no_date() -> None:
    rows = layer_rows([HistoryLayer(created=-62_167_219_200), HistoryLayer(created=253_402_387_139)], shows_env=True)
    assert [row.created for row in rows] == ["", ""]


def test_layers_share_the_bar() -> None:
    rows = layer_rows(
        [HistoryLayer(id="<missing>", size=30), HistoryLayer(id="sha256:b", size=0), HistoryLayer(size=10)],
        shows_env=True,
    )
    assert [(row.number, row.share, row.offset, row.is_empty) for row in rows] == [
        (3, 75.0, 25.0, False),
        (2, 0.0, 25.0, True),
        (1, 25.0, 0.0, False),
    ]
    assert rows[0].id == ""
    assert [row.share for row in layer_rows([HistoryLayer(size=0)], shows_env=True)] == [0.0]


def test_a_record_without_the_right_holds_no_value_of_the_environment() -> None:
    body = (
        b'{"Id":"sha256:a","Config":{"Env":["A=secret","B"],"Cmd":["sh"]},'
        b'"ContainerConfig":{"Env":["A=secret"],"Cmd":["/bin/ash","-e","-c","#(nop) ","ENV A=secret"]}}'
    )
    found = image_inspect_of(body)
    assert image_record(found, shows_env=True)["Config"]["Env"] == ["A=secret", "B"]
    masked = image_record(found, shows_env=False)
    assert masked["Config"] == {"Env": ["A=••••••", "B"], "Cmd": ["sh"]}
    assert masked["ContainerConfig"] == {"Env": ["A=••••••"], "Cmd": ["ENV A=••••••"]}


def test_what_is_built_upon_an_image_is_the_nearest_with_a_name() -> None:
    a, b, c, d = (f"sha256:{one * 64}" for one in "abcd")
    images = [image("a", "base:1"), image("b", ParentId=a), image("c", "web:1", ParentId=b), image("d", ParentId=a)]
    assert {one.id for one in built_upon(a, images)} == {c, d}
    assert [one.id for one in built_upon(b, images)] == [c]
    assert built_upon(c, images) == []


def test_odd_answers_break_nothing() -> None:
    """Conformance 6: null for labels, digests and tags, unknown members, -1 for what was not counted."""
    [row] = tolerance.read_list(
        ImageSummary, b'[{"Id":"sha256:a","RepoTags":null,"RepoDigests":null,"Labels":null,"SharedSize":-1,"New":1}]'
    )
    assert (row.tags, row.digests, row.labels, row.shared_size) == ([], [], {}, -1)
    found = image_inspect_of(b'{"Id":"sha256:a","Config":null,"RootFS":null,"Metadata":null,"RepoDigests":null}')
    assert (found.config.env, found.layers, found.last_tagged, found.digests) == ([], [], "", [])
    [result] = tolerance.read_list(SearchResult, b'[{"name":"nginx","star_count":"many","is_official":true}]')
    assert (result.name, result.stars, result.is_official) == ("nginx", 0, True)
