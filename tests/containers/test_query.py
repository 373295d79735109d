"""The filter line: what it means, and that it can be written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.containers.query.engine_terms import engine_filters
from apps.containers.query.language import HEALTHS, OWN_KEYS, STATES, WORD, Query, Term, parse

texts = st.text(min_size=1, max_size=12)
words = st.builds(Term, st.just(WORD), texts, st.booleans())
keyed = st.builds(
    Term, st.sampled_from([key for key in OWN_KEYS if key not in ("status", "health")]), texts, st.booleans()
)
states = st.builds(Term, st.just("status"), st.sampled_from(STATES), st.booleans())
healths = st.builds(Term, st.just("health"), st.sampled_from(HEALTHS), st.booleans())


@given(st.lists(st.one_of(words, keyed, states, healths), max_size=6))
def test_what_is_written_is_read_back_as_it_was(terms: list[Term]) -> None:
    assert parse(str(Query(tuple(terms)))) == Query(tuple(terms))


@given(st.text(max_size=60))
def test_any_line_is_read_without_a_failure_and_each_piece_is_either_meant_or_explained(line: str) -> None:
    query = parse(line)
    assert all(piece.reason for piece in query.broken)
    assert parse(str(query)).terms == query.terms


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("", ()),
        ("web  db", (Term(WORD, "web"), Term(WORD, "db"))),
        ("-web", (Term(WORD, "web", True),)),
        ("!status:exited", (Term("status", "exited", True),)),
        ("STATUS:Running", (Term("status", "running"),)),
        ("label:tier=backend", (Term("label", "tier=backend"),)),
        ('label:note="two words"', (Term("label", "note=two words"),)),
        ('"nginx:1.27"', (Term(WORD, "nginx:1.27"),)),
        ("image:nginx:1.27", (Term("image", "nginx:1.27"),)),
        (r'name:"a \"b\" \\c"', (Term("name", r'a "b" \c'),)),
    ],
)
def test_a_line_means(line: str, terms: tuple[Term, ...]) -> None:
    assert parse(line) == Query(terms)


@pytest.mark.parametrize(
    ("line", "words_in_reason"),
    [
        ("colour:red", ["“colour”", "status", '"colour:red"']),
        ("status:", ["“status:”", "value"]),
        ("status:up", ["“up”", "running"]),
        ("health:fine", ["“fine”", "unhealthy"]),
        ('name:"open', ["quotation"]),
        ("-", ["alone"]),
    ],
)
def test_a_broken_term_is_explained_and_the_others_still_count(line: str, words_in_reason: list[str]) -> None:
    query = parse(f"web {line}")
    assert query.terms == (Term(WORD, "web"),)
    assert len(query.broken) == 1
    assert all(word in query.problem for word in words_in_reason)


def test_a_line_has_the_engine_asked_a_few_times_and_not_hundreds() -> None:
    many = engine_filters(parse(" ".join(f"-exited:{code}" for code in range(100))), [])
    assert "at most 20" in many.problem and not many.unwanted
    same = engine_filters(parse("-exited:1 " * 100), [])
    assert same.unwanted == {"exited": ["1"]} and not same.problem
