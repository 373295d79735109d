"""Whether something meets a query.

A query is compiled once into plain functions, because it is asked of thousands of things for one page. Texts are
compared without regard to case; `*` in a value stands for anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from apps.core.query.language import WORD, Query, Term

T = TypeVar("T")

TextTest = Callable[[str], bool]
LabelTest = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class _Group(Generic[T]):
    tests: tuple[Callable[[T], bool], ...]

    def __call__(self, item: T) -> bool:
        return any(test(item) for test in self.tests)


def compiled(
    query: Query, predicate: Callable[[Term], Callable[[T], bool]], *, all_of: Sequence[str] = ("label",)
) -> Sequence[Callable[[T], bool]]:
    """The query as tests that must all hold. An empty query has none: everything meets it.

    Several terms with the same key and without a minus are alternatives, except words and the keys `all_of`.
    """
    alternatives: dict[str, list[Callable[[T], bool]]] = {}
    required: list[Callable[[T], bool]] = []
    for term in query.terms:
        test = predicate(term)
        if term.is_negated:
            required.append(_not(test))
        elif term.key == WORD or term.key in all_of:
            required.append(test)
        else:
            alternatives.setdefault(term.key, []).append(test)
    for tests in alternatives.values():
        required.append(tests[0] if len(tests) == 1 else _Group(tuple(tests)))
    return required


def _not(test: Callable[[T], bool]) -> Callable[[T], bool]:
    return lambda item: not test(item)


def label_test(condition: str) -> LabelTest:
    """Return a test of labels for `key`, `key=value`, with stars in either."""
    key, has_value, wanted = condition.partition("=")
    if "*" not in key and not has_value:
        return lambda labels: key in labels
    is_value = text_test(wanted, is_whole=True)
    if "*" not in key:
        return lambda labels: key in labels and is_value(labels[key].lower())
    is_key = text_test(key, is_whole=True)
    return lambda labels: any(
        is_key(name.lower()) and (not has_value or is_value(text.lower())) for name, text in labels.items()
    )


def text_test(value: str, *, is_whole: bool = False) -> TextTest:
    """Return a test for texts that are in lower case already."""
    folded = value.lower()
    if "*" in folded:
        return _starred(folded)
    if is_whole:
        return lambda text: text == folded
    return lambda text: folded in text


def _starred(value: str) -> TextTest:
    """Return a test for whole texts, with stars. A regular expression with some stars could take hours over a label."""
    first, *between, last = value.split("*")

    def test(text: str) -> bool:
        end = len(text) - len(last)
        if end < len(first) or not text.startswith(first) or not text.endswith(last):
            return False
        place = len(first)
        for piece in between:
            found = text.find(piece, place, end)
            if found < 0:
                return False
            place = found + len(piece)
        return True

    return test
