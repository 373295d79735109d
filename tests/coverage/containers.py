"""Containers, from the list to the removal."""

from __future__ import annotations

from collections.abc import Sequence

from tests.coverage.containers_update import update_rows
from tests.coverage.row import ITSELF, Place, Row, lacking

_LIVE = "tests/live/containers/"
_EVERY = f"{_LIVE}test_every_operation.py::test_container"
_LIFE = (f"{_EVERY}_create_start_stop_restart_and_remove",)
_STATES = (f"{_EVERY}_pause_unpause_kill_rename_and_wait",)
_INSIDE = (f"{_EVERY}_top_changes_and_export",)
_CREATED = (f"{_LIVE}test_create.py::test_every_field_reaches_the_engine_as_it_was_written",)
_WINDOWS = "only for containers of Windows"

_BELOW = "ws/hosts/<slug:host_slug>/containers/<str:ref>"
_FILES = Place("ContainerArchive", "containers:files", (f"{_EVERY}_archive_down_up_and_stat",))
_LIST = Place("ContainerList", "containers:list", (f"{_EVERY}_list_with_every_filter",))
_INSPECT = Place("ContainerInspect", "containers:inspect", (f"{_EVERY}_inspect_with_and_without_sizes",))
_TOP = Place("ContainerTop", "containers:processes", _INSIDE)
_LOGS = Place("ContainerLogs", "containers:logs", (f"{_EVERY}_logs_as_a_stream_and_as_a_file",))
_CHANGES = Place("ContainerChanges", "containers:changes", _INSIDE)
_EXPORT = Place("ContainerExport", "containers:export", _INSIDE)
_STATS = Place("ContainerStats", "containers:stats", (f"{_EVERY}_stats_streamed_and_once",))
_RESIZE = Place("ContainerResize", "containers:terminal", (f"{_EVERY}_attach_resize_and_detach_keys",))
_START = Place("ContainerStart", "containers:start", _LIFE)
_STOP = Place("ContainerStop", "containers:stop", _LIFE)
_RESTART = Place("ContainerRestart", "containers:restart", _LIFE)
_KILL = Place("ContainerKill", "containers:kill", _STATES)
_RENAME = Place("ContainerRename", "containers:rename", _STATES)
_PAUSE = Place("ContainerPause", "containers:pause", _STATES)
_UNPAUSE = Place("ContainerUnpause", "containers:unpause", _STATES)
_WAIT = Place("ContainerWait", "containers:wait", _STATES)
_DELETE = Place("ContainerDelete", "containers:remove", _LIFE)
_PRUNE = Place("ContainerPrune", "containers:prune", (f"{_EVERY}_prune_by_label_and_age",))


def rows() -> Sequence[Row]:
    """All of them."""
    return [
        *_list_rows(),
        *create_rows(),
        *_reading_rows(),
        *_verb_rows(),
        *_attach_rows(),
        *_archive_rows(),
        *update_rows(),
        *_PRUNE.itself("“Remove stopped containers”, an activity after a look at what would go", names=()),
        _PRUNE.has("filters", "the fields below"),
        _PRUNE.has("filters.until", "“Older than”", tests=(f"{_LIVE}test_pruning.py::test_age_chooses_too",)),
        _PRUNE.has("filters.label", "“With labels”; !key=value keeps"),
        *_unused_rows(),
    ]


def _list_rows() -> list[Row]:
    by_line = {
        "exited": "exited:0", "status": "status:paused", "label": "label:key=value",
        "ancestor": "ancestor:image", "before": "before:name", "since": "since:name", "id": "id:…", "name": "name:…",
        "volume": "volume:name or volume:/where", "network": "network:name", "health": "health:unhealthy",
        "is-task": "is-task:true", "publish": "publish:8080", "expose": "expose:53/udp",
    }  # fmt: skip
    return [
        *_LIST.itself("the list", names=()),
        _LIST.has("all", "every container; ?all=0 for those that run"),
        _LIST.has("limit", "limit:20 in the line above the list: those that were created last"),
        *_LIST.lacks("without effect since engine 1.12; the filters of these names have it", "since", "before"),
        _LIST.has(
            "size", "“Remove stopped containers” measures what would go; for one container the page “Inspect” does",
            at="containers:prune", tests=(f"{_LIVE}test_pruning.py::test_exactly_what_the_preview_showed_goes",),
        ),
        _LIST.has("filters", "the line above the list"),
        *(_LIST.has(f"filters.{name}", f"{example} in the line above the list") for name, example in by_line.items()),
        *_LIST.lacks(_WINDOWS, "filters.isolation"),
    ]  # fmt: skip


def create_rows() -> list[Row]:
    """Rows of ContainerCreate, from the table that makes its form (docs/create-fields.md)."""
    from apps.containers.creation.fields import FIELDS
    from apps.containers.creation.left_out import LEFT_OUT
    from scripts.create_fields import fields_of, reference_rows

    place = Place("ContainerCreate", "containers:create", _CREATED)
    made = [place.has(ITSELF, "“Create a container”; see create-fields.md", tests=_LIFE)]
    for parameter in (row["name"] for row in reference_rows()):
        labels = [f"“{FIELDS[name].label}”" for name in fields_of(parameter)]
        if labels:
            made.append(place.has(parameter, ", ".join(labels[:4]) + (", …" if len(labels) > 4 else "")))
        elif parameter in LEFT_OUT:
            made += place.lacks(LEFT_OUT[parameter], parameter)
    return made


def _reading_rows() -> list[Row]:
    downloaded = (*_LOGS.tests, f"{_LIVE}test_log_download.py::test_since_and_until_choose_a_part")
    return [
        *_INSPECT.itself("Summary; Inspect"),
        _INSPECT.has("size", "“Measure sizes” on the page “Inspect”"),
        *_TOP.itself("Processes"),
        _TOP.has("ps_args", "the field for the arguments of ps"),
        *_LOGS.itself("Logs, and their download"),
        _LOGS.has("follow", "“following”"),
        _LOGS.has("stdout", "both, stdout, stderr"),
        _LOGS.has("stderr", "both, stdout, stderr"),
        _LOGS.has("since", "15 min, today, from…", tests=downloaded),
        _LOGS.has("until", "from…, Until", tests=downloaded),
        _LOGS.has("timestamps", "“Times”; with or without them in the download"),
        _LOGS.has("tail", "from…, “Only the last lines of these”"),
        _LOGS.has("details", "from…, “Details in the download”", at="containers:log_download"),
        *_CHANGES.itself("Changes, as a tree"),
        *_EXPORT.itself("“Export its files (tar)”"),
        *_STATS.itself("Stats, live; CPU and memory in the list"),
        _STATS.has("stream", "live on the page; one sample for a program that asks for JSON"),
        _STATS.has("one-shot", "?one-shot=1 for a program that asks for JSON; a chart needs the stream"),
        *_RESIZE.itself("the terminal has the size of its window, at once and after each change"),
        _RESIZE.has("h", "rows of the window, or “Size of the terminal…”"),
        _RESIZE.has("w", "columns of the window, or “Size of the terminal…”"),
    ]


def _verb_rows() -> list[Row]:
    removed = (f"{_EVERY}_delete_takes_a_link_away",)
    return [
        *_START.itself("“Start”"),
        *_START.lacks("the engine takes it and does nothing with it", "detachKeys"),
        *_START.lacks("restores a checkpoint, which only an experimental engine makes", "checkpoint", "checkpoint-dir"),
        *_START.lacks("settings belong to the creation; from API 1.24 on the engine refuses them here", "(HostConfig)"),
        *_STOP.itself("“Stop”"),
        _STOP.has("t", "“Stop after a time…”"),
        *_RESTART.itself("“Restart”"),
        _RESTART.has("t", "“Restart after a time…”"),
        *_KILL.itself("“Send a signal…”"),
        _KILL.has("signal", "“Signal”: any name or number"),
        *_RENAME.itself("“Rename…”"),
        _RENAME.has("name", "“Name”"),
        *_PAUSE.itself("“Pause”"),
        *_UNPAUSE.itself("“Unpause”"),
        *_WAIT.itself("“Tell me when it ends…”"),
        _WAIT.has("condition", "“Tell me when it ends…”: the end, the next end, the removal"),
        *_DELETE.itself("“Remove…”"),
        _DELETE.has("v", "“Also remove its anonymous volumes”"),
        _DELETE.has("force", "“It is running: kill it first”"),
        _DELETE.has("link", "the button beside each of “Links” in the summary", at="containers:unlink", tests=removed),
    ]


def _attach_rows() -> list[Row]:
    tests = (f"{_EVERY}_attach_resize_and_detach_keys", f"{_EVERY}_attach_to_one_of_both_streams")
    made: list[Row] = []
    for operation in ("ContainerAttach", "ContainerAttachWebsocket"):
        place = Place(operation, f"{_BELOW}/attach/", tests)
        made += [
            *place.itself("“Attach” of the terminal"),
            place.has("logs", "Options of the terminal, “Show the log first”"),
            *place.lacks("always on: without it the engine sends the log alone, which the page “Logs” shows", "stream"),
            place.has("stdin", "Options of the terminal, “Send what is typed”"),
            place.has("stdout", "Options of the terminal, “Streams”"),
            place.has("stderr", "Options of the terminal, “Streams”"),
            place.has("detachKeys", "Options of the terminal, “Keys that detach”"),
        ]
    return made


def _archive_rows() -> list[Row]:
    stat = Place("ContainerArchiveInfo", "containers:files", _FILES.tests)
    put = Place("PutContainerArchive", "containers:files_upload", _FILES.tests)
    kept = f"{_LIVE}test_files.py::test_a_file_that_is_there_is_replaced_only_when_that_is_asked_for"
    return [
        *stat.itself("Files: sizes, modes and links of what is looked at"),
        stat.has("path", "the path above the folder, and each row of it"),
        *_FILES.itself("Files: folders, previews and downloads"),
        _FILES.has("path", "the path above the folder, and each row of it"),
        *_FILES.lacks("the engine is near; packing would only cost it time", "Accept-Encoding"),
        *put.itself("Files: uploads, and new folders"),
        put.has("path", "the folder that is looked at"),
        put.has("noOverwriteDirNonDir", "always on: no file takes the place of a folder", tests=(*put.tests, kept)),
        *put.lacks("each file goes up with the owner of the folder, or of the file it replaces", "copyUIDGID"),
        *put.lacks("always application/x-tar", "Content-Type"),
        put.has("(tar)", "the files that are chosen or dropped"),
    ]


def _unused_rows() -> list[Row]:
    experimental = "needs an experimental engine with CRIU; a usual one answers 501 (live/containers/test_left_out.py)"
    gone = "gone since API 1.24; ContainerArchive does it in every version that is spoken here"
    return [
        *lacking("CheckpointList", experimental, ITSELF, "id", "dir"),
        *lacking("CheckpointCreate", experimental, ITSELF, "id", "CheckpointID", "CheckpointDir", "Exit"),
        *lacking("CheckpointDelete", experimental, ITSELF, "id", "checkpoint", "dir"),
        *lacking("ContainerCopy", gone, ITSELF, "id", "Resource"),
    ]
