"""Builds and their cache."""

from __future__ import annotations

from tests.coverage.row import Place, Row, lacking

_LIVE = "tests/live/images/transfer/test_building.py"
_WIRE = "tests/live/images/transfer/test_building_over_the_wire.py"
_FORM = "tests/images/test_build_form.py::test_everything_that_is_filled_in_reaches_the_engine"
_TYPED = f"{_LIVE}::test_what_is_typed_is_built_with_all_that_was_asked_for"
_VERSIONS = f"{_LIVE}::test_every_version_builds_with_what_it_knows"
_ARCHIVE = f"{_LIVE}::test_an_archive_is_built_without_what_its_dockerignore_names"
_REMOTE = f"{_LIVE}::test_the_engine_fetches_addresses_by_itself"
_BROWSER = "tests/browser/test_image_build.py"

_NO_SESSION = "builds of BuildKit only: it asks for files over a session of its own, which a browser cannot serve"

_BUILD = Place("ImageBuild", "images:build", (_FORM, _VERSIONS))
_PRUNE = Place("BuildPrune", "images:build_cache", (f"{_WIRE}::test_the_build_cache_is_emptied",))
_FIELDS = {
    "nocache": "“Without the cache”",
    "pull": "“Pull newer base images”",
    "rm": "“Keep the containers of the steps” turns it off",
    "memory": "“Memory, MiB”",
    "memswap": "“Memory and swap, MiB”",
    "cpushares": "“CPU shares”",
    "cpusetcpus": "“On these CPUs”",
    "cpuperiod": "“CPU period, µs”",
    "cpuquota": "“CPU quota, µs”",
    "cpusetmems": "“On these memory nodes”",
    "cgroupparent": "“Parent cgroup”",
    "shmsize": "“Shared memory, MiB”",
    "cachefrom": "“Images to take the cache from”",
    "networkmode": "“Network”",
    "platform": "“Platform”",
}


def rows() -> list[Row]:
    """All of them."""
    return [
        _BUILD.has(
            "",
            "“Build” of the images; “Change and run again” of a build",
            tests=(_TYPED, f"{_BROWSER}::test_a_build_that_fails_is_changed_and_built_again"),
        ),
        _BUILD.has("dockerfile", "“Path of the Dockerfile”", tests=(_ARCHIVE, _REMOTE)),
        _BUILD.has("t", "“Names of the image”", tests=(_TYPED,)),
        _BUILD.has("remote", "“Git or HTTP address”", tests=(_REMOTE,)),
        _BUILD.has("q", "“Say only the id”", tests=(f"{_LIVE}::test_a_quiet_build_has_a_result_too",)),
        _BUILD.has(
            "forcerm",
            "“Remove them after a failure too”",
            tests=(f"{_LIVE}::test_a_step_that_fails_says_which_and_with_what_code",),
        ),
        _BUILD.has("ulimits", "“Ulimits”", tests=(_TYPED,)),
        _BUILD.has("buildargs", "“Build arguments”", tests=(_TYPED,)),
        _BUILD.has("labels", "“Labels”", tests=(_TYPED,)),
        _BUILD.has("extrahosts", "“Further hosts”", tests=(_TYPED,)),
        _BUILD.has("target", "“Stop at the stage”", tests=(_TYPED,)),
        _BUILD.has(
            "squash",
            "“Squash into one layer”",
            tests=(f"{_LIVE}::test_what_only_experimental_engines_do_is_refused_in_words",),
        ),
        *(_BUILD.has(name, words) for name, words in _FIELDS.items()),
        _BUILD.has("Content-type", "what goes up is a plain tar, whatever was handed in", tests=(_ARCHIVE,)),
        _BUILD.has(
            "X-Registry-Config",
            "the credentials of every registry that the actor may use",
            tests=(f"{_LIVE}::test_a_base_image_behind_a_password_is_pulled_with_the_kept_credentials",),
        ),
        _BUILD.has(
            "(tar)",
            "“Write a Dockerfile” with files beside it; “Hand in a folder or an archive”",
            tests=(_ARCHIVE, f"{_BROWSER}::test_a_folder_is_built_without_what_its_dockerignore_names"),
        ),
        *_BUILD.lacks("only for engines on Windows; others refuse a build with it", "isolation", "securityopt"),
        *_BUILD.lacks(_NO_SESSION, "session", "version", "buildid", "outputs"),
        *lacking("BuildCancel", _NO_SESSION, "", "id"),
        _PRUNE.has("", "“empty the build cache” of “Remove unused…”, an activity"),
        _PRUNE.has("all", "“Also what builds share”"),
        _PRUNE.has("filters", "“Not used for”; the others name records that no screen lists"),
        _PRUNE.has("filters.until", "“Not used for”"),
        _PRUNE.has("keep-storage", "“Keep at most, MB”"),
    ]
