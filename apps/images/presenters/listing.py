"""The whole list as a page shows it: chips, headings, rows, pages."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.problems import Problem, problem_of
from apps.core.query.engine_filters import EngineChoice
from apps.images.forms.listing import PER_PAGE, ListRequest
from apps.images.listed import CHIPS, Listed, chip_counts, sorted_rows
from apps.images.presenters.rows import ImageRow, image_row, row_json
from apps.images.query import compiled
from apps.images.selectors import HostImages

ROWS_KEPT = 2000
ANY = EngineChoice()


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind of images with its count, as a link that filters by it."""

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
    """What the reader may do to images."""

    tag: bool
    remove: bool
    prune: bool
    search: bool
    pull: bool
    run: bool

    @property
    def anything(self) -> bool:
        """Whether there is anything to choose rows for."""
        return self.remove


def may_of(actor: Actor) -> May:
    """What this actor may do."""
    return May(
        tag=roles.may(actor, Action.IMAGE_TAG),
        remove=roles.may(actor, Action.IMAGE_REMOVE),
        prune=roles.may(actor, Action.IMAGE_PRUNE),
        search=roles.may(actor, Action.IMAGE_SEARCH),
        pull=roles.may(actor, Action.IMAGE_PULL),
        run=roles.may(actor, Action.CONTAINER_CREATE),
    )


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the template says."""

    asked: ListRequest
    base: str
    containers_base: str
    may: May
    chips: Sequence[Chip]
    headings: Sequence[Heading]
    rows: Sequence[SafeString]
    first: int
    last: int
    found: int
    total: int
    size_bytes: int
    previous_href: str
    next_href: str
    page_count: int
    taken_at: datetime | None
    problem: Problem | None
    events_path: str
    is_measured: bool
    filter_problem: str = ""

    @property
    def other_href(self) -> str:
        """The same with intermediate layers, or without."""
        return replace(self.asked, is_all=not self.asked.is_all, page=1).address

    @property
    def is_known(self) -> bool:
        """Whether there is any list at all, true or kept."""
        return self.taken_at is not None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the engine chose: by the terms of the chips, and by all others."""

    by_chip: EngineChoice = ANY
    by_rest: EngineChoice = ANY

    @property
    def problem(self) -> str:
        """Why it could not."""
        return " ".join(dict.fromkeys(one.problem for one in (self.by_chip, self.by_rest) if one.problem))


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a request: those of its page, and how many there are."""

    rows: Sequence[Listed]
    page: int
    page_count: int
    found: int
    total: int
    size_bytes: int
    counts: dict[str, int]
    total_of_chips: int


def selection(rows: Sequence[Listed], asked: ListRequest, *, choices: Choices) -> Selection:
    """Filter, count, sort and cut. The chips count what meets the rest of the query."""
    total = len(rows)
    rest = _met(rows, choices.by_rest, compiled(asked.query.without("used", "dangling")))
    chosen = _met(rest, choices.by_chip, compiled(asked.query.only("used", "dangling")))
    page_count = max(1, -(-len(chosen) // PER_PAGE))
    page = min(asked.page, page_count)
    shown = sorted_rows(chosen, asked.sort)[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Selection(
        shown,
        page,
        page_count,
        len(chosen),
        total,
        sum(row.summary.size for row in chosen),
        chip_counts(rest),
        len(rest),
    )


def _met(rows: Sequence[Listed], choice: EngineChoice, tests: Sequence[Callable[[Listed], bool]]) -> Sequence[Listed]:
    if choice != ANY:
        rows = [row for row in rows if choice.takes(row.id)]
    return [row for row in rows if all(test(row) for test in tests)] if tests else rows


def list_page(
    actor: Actor, *, found: HostImages, rows: Sequence[Listed], asked: ListRequest, choices: Choices
) -> ListPage:
    """Dress a list for the page."""
    chosen = selection(rows, asked, choices=choices)
    first = (chosen.page - 1) * PER_PAGE
    return ListPage(
        asked=asked,
        base=reverse("images:list", args=[found.host.slug]),
        containers_base=reverse("containers:list", args=[found.host.slug]),
        may=may_of(actor),
        chips=_chips(chosen, asked),
        headings=_headings(asked),
        rows=_fragments([image_row(row) for row in chosen.rows], host_slug=found.host.slug, may=may_of(actor)),
        first=first + 1 if chosen.rows else 0,
        last=first + len(chosen.rows),
        found=chosen.found,
        total=chosen.total,
        size_bytes=chosen.size_bytes,
        previous_href=asked.on_page(chosen.page - 1).address if chosen.page > 1 else "",
        next_href=asked.on_page(chosen.page + 1).address if chosen.page < chosen.page_count else "",
        page_count=chosen.page_count,
        taken_at=datetime.fromtimestamp(found.taken_at, UTC) if found.taken_at else None,
        problem=problem_of(found.failure) if found.failure else None,
        events_path=f"hosts/{found.host.slug}/events/",
        is_measured=found.sharing is not None,
        filter_problem=" ".join(words for words in (asked.query.problem, choices.problem) if words),
    )


def list_json(found: HostImages, rows: Sequence[Listed], asked: ListRequest, *, choices: Choices) -> dict[str, Any]:
    """The same page of the list for programs."""
    chosen = selection(rows, asked, choices=choices)
    return {
        "host": found.host.slug,
        "images": [row_json(row) for row in chosen.rows],
        "page": chosen.page,
        "pages": chosen.page_count,
        "found": chosen.found,
        "total": chosen.total,
        "counts": chosen.counts,
        "taken_at": found.taken_at or 0.0,
        "is_stale": found.is_stale,
    }


_kept: OrderedDict[tuple[Any, ...], SafeString] = OrderedDict()
_kept_lock = threading.Lock()


def _fragments(rows: Sequence[ImageRow], *, host_slug: str, may: May) -> list[SafeString]:
    """The rows as HTML. A row that says what it said before is not rendered again: lists are fetched at every event."""
    template = get_template("images/_row.html")
    language = get_language()
    shared = {
        "base": reverse("images:list", args=[host_slug]),
        "containers_base": reverse("containers:list", args=[host_slug]),
        "may": may,
        "words": _row_words(),
    }
    fragments = []
    for row in rows:
        key = (row, shared["base"], may, language)
        html = _kept.get(key)
        if html is None:
            html = SafeString(template.render({"row": row, **shared}))
            with _kept_lock:
                _kept[key] = html
                while len(_kept) > ROWS_KEPT:
                    _kept.popitem(last=False)
        fragments.append(html)
    return fragments


def _row_words() -> dict[str, str]:
    return {
        "choose": _("Choose"),
        "size": _("Size"),
        "shared": _("Shared"),
        "unique": _("Unique"),
        "created": _("Created"),
        "used": _("Used by"),
        "digest": _("Digest"),
        "labels": _("Labels"),
        "run": _("Run"),
        "more": _("More actions"),
        "nameless": _("without a name"),
        "unused": _("unused"),
    }


def _chips(chosen: Selection, asked: ListRequest) -> list[Chip]:
    words = {"used": _("In use"), "unused": _("Unused"), "dangling": _("Without a name")}
    has_chip = bool(asked.query.only("used", "dangling").terms)
    chips = [Chip("", _("All"), chosen.total_of_chips, asked.with_chip("").address, is_on=not has_chip)]
    for key in CHIPS:
        is_on = asked.chip == key
        if chosen.counts[key] or is_on or key != "dangling":
            chips.append(Chip(key, words[key], chosen.counts[key], asked.with_chip(key).address, is_on))
    return chips


def _headings(asked: ListRequest) -> list[Heading]:
    words = {
        "name": _("Name"),
        "size": _("Size"),
        "shared": _("Shared"),
        "unique": _("Unique"),
        "created": _("Created"),
        "used": _("Used by"),
        "digest": _("Digest"),
        "labels": _("Labels"),
    }
    headings = []
    for key, word in words.items():
        if key in ("shared", "digest", "labels"):
            headings.append(Heading(key, word))
            continue
        order = "none"
        if asked.sort.removeprefix("-") == key:
            order = "descending" if asked.sort.startswith("-") else "ascending"
        headings.append(Heading(key, word, asked.sorted_by(key).address, order))
    return headings
