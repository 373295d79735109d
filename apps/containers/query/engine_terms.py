"""The terms of a query that only the engine can resolve, as its filters."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from apps.containers.listed import Listed
from apps.containers.query.language import ENGINE_KEYS, Query
from apps.core.query import engine_filters as general
from apps.core.query.engine_filters import EngineFilters


def engine_filters(query: Query, rows: Iterable[Listed]) -> EngineFilters:
    """Read the terms."""

    def named(ref: str) -> str | None:
        return next((row.id for row in rows if ref in (row.id, row.id[:12], row.name)), None)

    terms = query.only(*ENGINE_KEYS).terms
    return general.engine_filters(terms, named=named, missing=_("There is no container “%s”."))
