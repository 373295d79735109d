"""The keys that the list of images is filtered by; `apps.core.query.language` says how a line is written.

A word without a key is looked for in names, digests and ids; it may have a colon (`nginx:1.27`). The engine's own
filters (`dangling label before since reference`) reach it. Resolved here are its `until`, which only engines from API
1.44 on know although every engine tells when an image was made, and a label with a star, which none knows.
"""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from apps.core.moments import moment_read
from apps.core.query import engine_filters as general
from apps.core.query import language, matching
from apps.core.query.completion import completed, label_values
from apps.core.query.engine_filters import EngineFilters
from apps.core.query.language import Query, Term
from apps.core.query.matching import label_test, text_test
from apps.images.listed import Listed
from apps.images.naming import short_id

OWN_KEYS = ("name", "id", "digest", "used", "label", "until")
ENGINE_KEYS = ("dangling", "label", "before", "since", "reference")
"""The engine's filters of the same names."""
KEYS = ("name", "reference", "label", "used", "dangling", "digest", "id", "before", "since", "until")
TRUTHS = ("true", "false")


def parse(line: str) -> Query:
    """Read a filter line. Never raises: what cannot be meant ends in `broken`."""
    return language.parse(line, keys=KEYS, folded=("used", "dangling"), fault=_fault, has_colons=True)


def _fault(key: str, value: str) -> str:
    if key in ("used", "dangling") and value.lower() not in TRUTHS:
        return _("“%(key)s:” is true or false.") % {"key": key}
    if key == "until" and moment_read(value) is None:
        return _("“until:” needs an age such as 24h, or a day such as 2026-01-31.")
    return ""


def for_engine(term: Term) -> bool:
    """Whether the engine resolves this term."""
    return term.key in ENGINE_KEYS and not (term.key == "label" and "*" in term.value)


def engine_filters(query: Query, rows: Iterable[Listed], *keys: str) -> EngineFilters:
    """Read the terms that the engine resolves, of these keys or all."""

    def named(ref: str) -> str | None:
        return next((row.id for row in rows if is_named(row, ref)), None)

    terms = [term for term in (query.only(*keys) if keys else query).terms if for_engine(term)]
    return general.engine_filters(terms, named=named, missing=_("There is no image “%s”."))


def is_named(row: Listed, name: str) -> bool:
    """Whether a name, an id or its first 12 digits mean this image."""
    plain = row.id.removeprefix("sha256:")
    return name in (row.id, plain, plain[:12]) or name in row.names or f"{name}:latest" in row.names


def compiled(query: Query) -> Sequence[Callable[[Listed], bool]]:
    """The terms that are resolved here, as tests that must all hold."""
    own = Query(tuple(term for term in query.terms if not for_engine(term)))
    return matching.compiled(own, _predicate)


def _predicate(term: Term) -> Callable[[Listed], bool]:
    value = term.value
    part = text_test(value)
    digits = value.lower().removeprefix("sha256:")
    match term.key:
        case "used":
            return lambda row: row.is_used == (value == "true")
        case "id":
            return lambda row: row.id.removeprefix("sha256:").startswith(digits)
        case "name":
            return lambda row: any(part(name.lower()) for name in row.names)
        case "digest":
            return lambda row: any(part(digest.lower()) for digest in row.summary.digests)
        case "until":
            bound = moment_read(value) or 0.0
            return lambda row: row.summary.created < bound
        case "label":
            test = label_test(value)
            return lambda row: test(row.summary.labels)
        case _:
            return lambda row: (
                any(part(name.lower()) for name in (*row.names, *row.summary.digests))
                or row.id.removeprefix("sha256:").startswith(digits)
            )


def suggestions(piece: str, rows: Sequence[Listed]) -> list[str]:
    """Up to 12 whole terms that the last, unfinished `piece` of a line can become; the commonest first."""
    return completed(piece, keys=KEYS, values=lambda key, begun: _values(key, begun, rows))


def _values(key: str, begun: str, rows: Sequence[Listed]) -> Iterable[str]:
    match key:
        case "used" | "dangling":
            return TRUTHS
        case "name" | "before" | "since" | "reference":
            return (name for row in rows for name in row.names)
        case "digest":
            return (digest for row in rows for digest in row.summary.digests)
        case "label":
            return label_values(begun, (row.summary.labels for row in rows))
        case "until":
            return ("24h", "168h", "720h")
        case _:
            return (short_id(row.id) for row in rows)
