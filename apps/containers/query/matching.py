"""Whether a container meets a query.

A query is compiled once into plain functions, because it is asked of thousands of containers for one page.
Texts are compared without regard to case; `*` in a value stands for anything. Without a star a name, image, network or
volume is found by a part of it, a project and a label's value only by the whole.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from apps.containers.query.language import WORD, Query, Term


class Matchable(Protocol):
    """What a container must tell to be matched. Texts marked folded are in lower case."""

    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def health(self) -> str: ...
    @property
    def name_folded(self) -> str: ...
    @property
    def image_folded(self) -> str: ...
    @property
    def project_folded(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def network_names(self) -> Sequence[str]: ...
    @property
    def volume_names(self) -> Sequence[str]: ...


Predicate = Callable[[Matchable], bool]
TextTest = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Group:
    tests: tuple[Predicate, ...]

    def __call__(self, container: Matchable) -> bool:
        return any(test(container) for test in self.tests)


def compiled(query: Query) -> Sequence[Predicate]:
    """The query as tests that must all hold. An empty query has none: everything meets it."""
    alternatives: dict[str, list[Predicate]] = {}
    required: list[Predicate] = []
    for term in query.terms:
        test = _predicate(term)
        if term.is_negated:
            required.append(_not(test))
        elif term.key in (WORD, "label"):
            required.append(test)
        else:
            alternatives.setdefault(term.key, []).append(test)
    for tests in alternatives.values():
        required.append(tests[0] if len(tests) == 1 else _Group(tuple(tests)))
    return required


def matching(query: Query, containers: Iterable[Matchable]) -> list[Matchable]:
    """Those containers that meet the query, in their order."""
    tests = compiled(query)
    return [container for container in containers if all(test(container) for test in tests)]


def _not(test: Predicate) -> Predicate:
    return lambda container: not test(container)


def _predicate(term: Term) -> Predicate:
    value = term.value
    part, whole = _text_test(value), _text_test(value, is_whole=True)
    match term.key:
        case "status":
            return lambda container: container.state == value
        case "health":
            return lambda container: container.health == value
        case "id":
            return lambda container: container.id.startswith(value.lower())
        case "name":
            return lambda container: part(container.name_folded)
        case "image":
            return lambda container: part(container.image_folded)
        case "project":
            return lambda container: whole(container.project_folded)
        case "network":
            return lambda container: any(part(name.lower()) for name in container.network_names)
        case "volume":
            return lambda container: any(part(name.lower()) for name in container.volume_names)
        case "label":
            return _label(value)
        case _:
            return lambda container: (
                part(container.name_folded)
                or part(container.image_folded)
                or part(container.project_folded)
                or container.id.startswith(value.lower())
            )


def _label(condition: str) -> Predicate:
    key, has_value, wanted = condition.partition("=")
    if "*" not in key and not has_value:
        return lambda container: key in container.labels
    is_value = _text_test(wanted, is_whole=True)
    if "*" not in key:
        return lambda container: key in container.labels and is_value(container.labels[key].lower())
    is_key = _text_test(key, is_whole=True)
    return lambda container: any(
        is_key(name.lower()) and (not has_value or is_value(text.lower())) for name, text in container.labels.items()
    )


def _text_test(value: str, *, is_whole: bool = False) -> TextTest:
    """Return a test for texts that are in lower case already."""
    folded = value.lower()
    if "*" in folded:
        pattern = re.compile(".*".join(re.escape(piece) for piece in folded.split("*")), re.DOTALL)
        return lambda text: pattern.fullmatch(text) is not None
    if is_whole:
        return lambda text: text == folded
    return lambda text: folded in text
