"""Images: the list, one of them, its names, its end, search and prune; and what a registry has."""

from __future__ import annotations

from collections.abc import Sequence

from tests.coverage.row import Place, Row

_LISTING = "tests/live/images/test_listing.py::"
_VERBS = "tests/live/images/test_verbs.py::"
_PAGES = "tests/live/images/test_pages.py::"
_PRUNING = "tests/live/images/test_pruning.py::"
_BY_ENGINE = f"{_LISTING}test_the_engine_resolves_its_own_filters"
_CHIPS = f"{_LISTING}test_chips_and_words_choose"
_SEARCH = ("tests/images/test_search.py::test_what_is_asked_reaches_the_engine_and_what_it_finds_is_shown",)
_LINE = "in the line above the list"
_NAME = ("name",)

_LIST = Place("ImageList", "images:list", (f"{_LISTING}test_the_list_says_what_the_engine_says",))
_INSPECT = Place("ImageInspect", "images:detail", (f"{_PAGES}test_the_page_says_what_inspect_says_in_every_version",))
_HISTORY = Place("ImageHistory", "images:history", (f"{_PAGES}test_the_page_says_what_inspect_says_in_every_version",))
_TAG = Place("ImageTag", "images:tag", (f"{_VERBS}test_a_name_is_given_and_taken_away",))
_DELETE = Place("ImageDelete", "images:remove", (f"{_VERBS}test_a_removal_tells_what_went",))
_FIND = Place("ImageSearch", "images:search", _SEARCH)
_PRUNE = Place(
    "ImagePrune",
    "images:prune",
    (
        f"{_PRUNING}test_exactly_what_the_preview_showed_goes",
        f"{_PRUNING}test_a_prune_is_an_activity_that_takes_only_what_was_looked_at",
    ),
)
_DISTRIBUTION = Place(
    "DistributionInspect",
    "images:updates",
    (f"{_PAGES}test_the_registry_says_whether_there_is_a_newer_one",),
)


def rows() -> Sequence[Row]:
    """Those of the list and of single images; what carries images about has rows of its own."""
    return [
        _LIST.has("", "the list"),
        _LIST.has("all", "“Show layers of builds”", tests=(f"{_LISTING}test_layers_of_builds_come_on_request",)),
        _LIST.has("filters", f"the terms {_LINE}", tests=(_CHIPS, _BY_ENGINE)),
        _LIST.has("filters.dangling", f"“Without a name”; dangling:true {_LINE}", tests=(_CHIPS,)),
        _LIST.has("filters.label", f"label:key=value {_LINE}", tests=(_CHIPS,)),
        _LIST.has("filter", f"reference:name {_LINE}, before API 1.25", tests=(_BY_ENGINE,)),
        _LIST.has("digests", "engines tell them unasked: the column “Digest”"),
        _LIST.has("filters.before", f"before:name {_LINE}", tests=(_BY_ENGINE,)),
        _LIST.has("filters.since", f"since:name {_LINE}", tests=(_BY_ENGINE,)),
        _LIST.has("filters.reference", f"reference:shop/* {_LINE}", tests=(_BY_ENGINE,)),
        *_INSPECT.itself("the page of an image, and its “Inspect”", names=_NAME),
        *_HISTORY.itself("“History” of an image", names=_NAME),
        *_TAG.itself("“Give a name…”", names=_NAME),
        _TAG.has("repo", "“Name”, up to its tag"),
        _TAG.has("tag", "“Name”, its tag; latest without one"),
        _TAG.has(
            "force",
            "“Also if another image bears it”; engines move a name on every version, so we ask first",
            tests=(f"{_VERBS}test_a_name_that_another_image_bears_moves_only_when_asked",),
        ),
        *_DELETE.itself("“Remove…” of one or many; the × beside a name", names=_NAME),
        _DELETE.has(
            "force",
            "“Although stopped containers use it”, “Take all of its names away”",
            tests=(
                f"{_VERBS}test_what_holds_an_image_is_named_with_links",
                f"{_VERBS}test_several_names_go_by_force_only",
            ),
        ),
        _DELETE.has("noprune", "“Keep its parents”", tests=(f"{_VERBS}test_parents_stay_with_noprune",)),
        _FIND.has("", "“Search registries”"),
        _FIND.has("term", "“Look for”"),
        _FIND.has("limit", "“Results at most”"),
        _FIND.has("filters", "the fields beside it"),
        _FIND.has("filters.is-automated", "“Built automatically”"),
        _FIND.has("filters.is-official", "“Official”"),
        _FIND.has("filters.stars", "“Stars at least”"),
        _FIND.has(
            "X-Registry-Auth",
            "the credentials kept for the registry that is asked",
            tests=("tests/images/test_search.py::test_a_search_in_a_registry_takes_its_credentials",),
        ),
        _PRUNE.has("", "“Remove unused…”, an activity after a look at what would go"),
        _PRUNE.has("filters", "the fields above the preview"),
        _PRUNE.has("filters.dangling", "“Which images”"),
        _PRUNE.has("filters.until", "“Older than”", tests=(f"{_PRUNING}test_age_chooses_too",)),
        _PRUNE.has("filters.label", "“With labels”"),
    ]


def distribution_rows() -> Sequence[Row]:
    """What a registry has."""
    return [
        *_DISTRIBUTION.itself("“Look for a newer one” on the page of an image", names=_NAME),
        _DISTRIBUTION.has("X-Registry-Auth", "the credentials kept for the registry of the name"),
    ]
