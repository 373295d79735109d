"""The whole list as a page shows it: chips, headings, rows, pages."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.forms.listing import PER_PAGE, ListRequest
from apps.containers.forms.verbs import SIGNALS
from apps.containers.listed import STATES_WITH_CHIPS, Listed, chip_counts, listed, sorted_rows
from apps.containers.presenters.rows import container_row, row_json, row_key
from apps.containers.query.language import ENGINE_KEYS
from apps.containers.query.matching import compiled
from apps.containers.selectors import HostContainers
from apps.core.problems import Problem, problem_of
from apps.core.query.engine_filters import EngineChoice
from apps.core.templatetags.ui import icon
from apps.hosts import connections

ROWS_KEPT = 4000


@dataclass(frozen=True, slots=True)
class Chip:
    """A state with its count, as a link that filters by it."""

    key: str
    word: str
    count: int
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head; `href` is empty where the list cannot be sorted by it. `order` is what aria-sort says."""

    key: str
    word: str
    href: str = ""
    order: str = "none"


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do to containers."""

    operate: bool
    create: bool
    remove: bool
    terminal: bool
    prune: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything to choose rows for."""
        return self.operate or self.remove


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the template says."""

    asked: ListRequest
    base: str
    may: May
    chips: Sequence[Chip]
    headings: Sequence[Heading]
    rows: Sequence[SafeString]
    first: int
    last: int
    found: int
    total: int
    previous_href: str
    next_href: str
    page_count: int
    taken_at: datetime | None
    problem: Problem | None
    has_stopped: bool
    events_path: str
    stats_path: str
    filter_problem: str = ""
    signals: Sequence[str] = SIGNALS

    @property
    def running_only_href(self) -> str:
        """The same without what does not run."""
        return replace(self.asked, is_all=False, page=1).address

    @property
    def all_href(self) -> str:
        """The same with what does not run."""
        return replace(self.asked, is_all=True, page=1).address

    @property
    def is_known(self) -> bool:
        """Whether there is any list at all, true or kept."""
        return self.taken_at is not None


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a request: those of its page, and how many there are."""

    rows: Sequence[Listed]
    page: int
    page_count: int
    found: int
    total: int
    counts: dict[str, int]
    total_of_chips: int


EVERY_CONTAINER = EngineChoice()


def selection(found: HostContainers, asked: ListRequest, *, by_engine: EngineChoice = EVERY_CONTAINER) -> Selection:
    """Filter, count, sort and cut. The chips count what meets the rest of the query, whatever its state."""
    rows = listed(found.containers)
    total = len(rows)
    if by_engine != EVERY_CONTAINER:
        rows = [row for row in rows if by_engine.takes(row.id)]
    if not asked.is_all:
        rows = [row for row in rows if row.is_active]
    other_tests = compiled(asked.query.without("status", "health", *ENGINE_KEYS))
    if other_tests:
        rows = [row for row in rows if all(test(row) for test in other_tests)]
    counts, total_of_chips = chip_counts(rows), len(rows)
    state_tests = compiled(asked.query.only("status", "health"))
    if state_tests:
        rows = [row for row in rows if all(test(row) for test in state_tests)]
    page_count = max(1, -(-len(rows) // PER_PAGE))
    page = min(asked.page, page_count)
    shown = sorted_rows(rows, asked.sort)[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Selection(shown, page, page_count, len(rows), total, counts, total_of_chips)


def list_page(
    request: HttpRequest,
    actor: Actor,
    *,
    found: HostContainers,
    asked: ListRequest,
    by_engine: EngineChoice = EVERY_CONTAINER,
) -> ListPage:
    """Dress a list for the page."""
    chosen = selection(found, asked, by_engine=by_engine)
    base = reverse("containers:list", args=[found.host.slug])
    may = May(
        operate=roles.may(actor, Action.CONTAINER_OPERATE),
        create=roles.may(actor, Action.CONTAINER_CREATE),
        remove=roles.may(actor, Action.CONTAINER_REMOVE),
        terminal=roles.may(actor, Action.CONTAINER_EXEC) or roles.may(actor, Action.CONTAINER_ATTACH),
        prune=roles.may(actor, Action.CONTAINER_PRUNE),
    )
    link_host = connections.of(found.host).endpoint.host or request.get_host().rpartition(":")[0] or request.get_host()
    taken_at = found.taken_at or 0.0
    first = (chosen.page - 1) * PER_PAGE
    return ListPage(
        asked=asked,
        base=base,
        may=may,
        chips=_chips(chosen, asked),
        headings=_headings(asked),
        rows=_fragments(chosen.rows, taken_at=taken_at, link_host=link_host, base=base, may=may),
        first=first + 1 if chosen.rows else 0,
        last=first + len(chosen.rows),
        found=chosen.found,
        total=chosen.total,
        previous_href=asked.on_page(chosen.page - 1).address if chosen.page > 1 else "",
        next_href=asked.on_page(chosen.page + 1).address if chosen.page < chosen.page_count else "",
        page_count=chosen.page_count,
        taken_at=datetime.fromtimestamp(found.taken_at, UTC) if found.taken_at else None,
        problem=problem_of(found.failure) if found.failure else None,
        has_stopped=bool(chosen.counts["exited"] or chosen.counts["created"] or chosen.counts["dead"]),
        filter_problem=" ".join(words for words in (asked.query.problem, by_engine.problem) if words),
        events_path=f"hosts/{found.host.slug}/events/",
        stats_path=f"hosts/{found.host.slug}/stats/",
    )


def list_json(
    found: HostContainers, asked: ListRequest, *, by_engine: EngineChoice = EVERY_CONTAINER
) -> dict[str, Any]:
    """The same page of the list for programs."""
    chosen = selection(found, asked, by_engine=by_engine)
    taken_at = found.taken_at or 0.0
    return {
        "host": found.host.slug,
        "containers": [row_json(row, taken_at=taken_at) for row in chosen.rows],
        "page": chosen.page,
        "pages": chosen.page_count,
        "found": chosen.found,
        "total": chosen.total,
        "counts": chosen.counts,
        "taken_at": taken_at,
        "is_stale": found.is_stale,
    }


def _chips(chosen: Selection, asked: ListRequest) -> list[Chip]:
    words = {
        "running": _("Running"),
        "unhealthy": _("Unhealthy"),
        "restarting": _("Restarting"),
        "paused": _("Paused"),
        "created": _("Created"),
        "exited": _("Exited"),
        "dead": _("Dead"),
    }
    has_state = bool(asked.query.only("status", "health").terms)
    chips = [Chip("", _("All"), chosen.total_of_chips, asked.with_chip("").address, is_on=not has_state)]
    for state in STATES_WITH_CHIPS:
        is_on = asked.chip == state
        count = chosen.counts[state]
        if count or is_on or state == "running":
            chips.append(Chip(state, words[state], count, asked.with_chip(state).address, is_on))
    return chips


def _headings(asked: ListRequest) -> list[Heading]:
    sortable = {
        "name": _("Name"),
        "state": _("State"),
        "project": _("Project"),
        "cpu": _("CPU"),
        "memory": _("Memory"),
        "ports": _("Ports"),
        "created": _("Since"),
        "owner": _("Owner"),
    }
    headings = []
    for key, word in sortable.items():
        if key in ("cpu", "memory", "ports"):
            headings.append(Heading(key, word))
            continue
        order = "none"
        if asked.sort.removeprefix("-") == key:
            order = "descending" if asked.sort.startswith("-") else "ascending"
        headings.append(Heading(key, word, asked.sorted_by(key).address, order))
    return headings


_kept: OrderedDict[tuple[Any, ...], SafeString] = OrderedDict()
_kept_lock = threading.Lock()


def _fragments(rows: Sequence[Listed], *, taken_at: float, link_host: str, base: str, may: May) -> list[SafeString]:
    """The rows as HTML. A row that says what it said before is not rendered again: lists are fetched at every event."""
    template = get_template("containers/_row.html")
    language = get_language()
    shared: dict[str, Any] = {"base": escape(base), "may": may, "words": _row_words(), "icons": _row_icons()}
    fragments = []
    for row in rows:
        key = (*row_key(row, taken_at=taken_at, link_host=link_host), base, may, language)
        html = _kept.get(key)
        if html is None:
            dressed = container_row(row, taken_at=taken_at, link_host=link_host)
            shared["url"] = escape(f"{base}{dressed.id}/")
            html = SafeString(template.render({"row": dressed, **shared}))
            with _kept_lock:
                _kept[key] = html
                while len(_kept) > ROWS_KEPT:
                    _kept.popitem(last=False)
        fragments.append(html)
    return fragments


def _row_words() -> dict[str, str]:
    """Words of the reader's language, escaped once for all rows."""
    words = {
        "choose": _("Choose"),
        "state": _("State"),
        "project": _("Project"),
        "cpu": _("CPU"),
        "memory": _("Memory"),
        "ports": _("Ports"),
        "since": _("Since"),
        "owner": _("Owner"),
        "logs": _("Logs"),
        "terminal": _("Terminal"),
        "start": _("Start"),
        "stop": _("Stop"),
        "unpause": _("Unpause"),
        "more": _("More actions"),
    }
    return {key: escape(word) for key, word in words.items()}


def _row_icons() -> dict[str, SafeString]:
    return {
        "logs": icon("file-text"),
        "terminal": icon("terminal-2"),
        "start": icon("player-play"),
        "stop": icon("player-stop"),
        "more": icon("dots-vertical"),
    }
