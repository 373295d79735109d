"""Whether a container meets a query.

A query is compiled once into plain functions, because it is asked of thousands of containers for one page.
Texts are compared without regard to case; `*` in a value stands for anything. Without a star a name, image, network or
volume is found by a part of it, a project and a label's value only by the whole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from apps.containers.query.language import ENGINE_KEYS
from apps.core.query import matching as general
from apps.core.query.language import Query, Term
from apps.core.query.matching import label_test, text_test


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


def compiled(query: Query) -> Sequence[Predicate]:
    """What of a query is decided here, as tests that must all hold. An empty query has none: everything meets it."""
    return general.compiled(query.without(*ENGINE_KEYS), _predicate)


def matching(query: Query, containers: Iterable[Matchable]) -> list[Matchable]:
    """Those containers that meet the query, in their order."""
    tests = compiled(query)
    return [container for container in containers if all(test(container) for test in tests)]


def _predicate(term: Term) -> Predicate:
    value = term.value
    part, whole = text_test(value), text_test(value, is_whole=True)
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
            test = label_test(value)
            return lambda container: test(container.labels)
        case _:
            return lambda container: (
                part(container.name_folded)
                or part(container.image_folded)
                or part(container.project_folded)
                or container.id.startswith(value.lower())
            )
