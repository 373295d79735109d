"""The answer to who asks for a list."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput
from apps.core.http import wants_fragment, wants_json
from apps.core.listing.page import ListPage, R

ROWS_KEPT = 6000


def list_response(
    request: HttpRequest,
    page: ListPage[R],
    *,
    row_json: Callable[[R], dict[str, Any]],
    context: Callable[[], Mapping[str, Any]],
) -> HttpResponse:
    """The list as JSON, as the fragment that live pages fetch again, or as the page.

    `context` makes what the templates need beside `page`: at least `rows` (their HTML) and `may`.
    """
    if wants_json(request):
        if page.filter_problem:
            raise InvalidInput(_("The filter cannot be understood"), page.filter_problem, field="q")
        if page.taken.failure is not None and page.taken.taken_at is None:
            raise page.taken.failure
        return JsonResponse(page.as_json(row_json))
    template = f"{page.kind.name}/{'_list' if wants_fragment(request) else 'list'}.html"
    return render(request, template, {"page": page, "host_slug": page.taken.host_slug, **context()})


_kept: OrderedDict[Hashable, SafeString] = OrderedDict()
_kept_lock = threading.Lock()


def rows_html(
    page: ListPage[R],
    may: Hashable,
    *,
    key: Callable[[R], Hashable],
    dressed: Callable[[R], Mapping[str, Any]],
    shared: Callable[[], Mapping[str, Any]],
) -> list[SafeString]:
    """The rows by the list's own `_row.html`. One that says what it said before is not rendered again: lists are
    fetched at every event.

    `key`: all that the look of a row depends on, beside what the reader `may` and her language; `dressed`: the row in
    words; `shared`: what all rows say, beside the `heads` of their columns.
    """
    name, base, language = page.kind.name, page.base, get_language()
    template = get_template(f"{name}/_row.html")
    heads = {column: escape(word) for column, word in page.kind.columns.items()}
    common = {"heads": heads, "may": may, "base": base, **shared()}
    fragments = []
    for row in page.rows:
        row_key = (name, key(row), base, may, language)
        html = _kept.get(row_key)
        if html is None:
            html = SafeString(template.render({**common, **dressed(row)}))
            with _kept_lock:
                _kept[row_key] = html
                while len(_kept) > ROWS_KEPT:
                    _kept.popitem(last=False)
        fragments.append(html)
    return fragments
