"""Addresses below /hosts/<host>/containers/. `ref` is a full id, a short id or a name; the gate decides."""

from django.urls import path

from apps.containers.views import (
    changes,
    create,
    details,
    files,
    lifecycle,
    listing,
    logs,
    processes,
    renaming,
    stats,
    terminal,
    updating,
)

app_name = "containers"
urlpatterns = [
    path("", listing.container_list_page, name="list"),
    path("create/", create.container_create, name="create"),
    path("create/preview/", create.container_create_preview, name="create_preview"),
    path("create/pull/", create.image_pull, name="create_pull"),
    path("bulk/", lifecycle.container_bulk, name="bulk"),
    path("<str:ref>/start/", lifecycle.container_start, name="start"),
    path("<str:ref>/stop/", lifecycle.container_stop, name="stop"),
    path("<str:ref>/restart/", lifecycle.container_restart, name="restart"),
    path("<str:ref>/kill/", lifecycle.container_kill, name="kill"),
    path("<str:ref>/pause/", lifecycle.container_pause, name="pause"),
    path("<str:ref>/unpause/", lifecycle.container_unpause, name="unpause"),
    path("<str:ref>/remove/", lifecycle.container_remove, name="remove"),
    path("<str:ref>/rename/", renaming.container_rename, name="rename"),
    path("<str:ref>/update/", updating.container_update, name="update"),
    path("<str:ref>/", details.container_summary, name="detail"),
    path("<str:ref>/inspect/", details.container_inspect, name="inspect"),
    path("<str:ref>/env/", details.container_env, name="env"),
    path("<str:ref>/logs/", logs.container_logs, name="logs"),
    path("<str:ref>/logs/download/", logs.container_log_download, name="log_download"),
    path("<str:ref>/files/", files.container_files, name="files"),
    path("<str:ref>/files/archive/", files.container_files_archive, name="files_archive"),
    path("<str:ref>/files/upload/", files.container_files_upload, name="files_upload"),
    path("<str:ref>/files/folder/", files.container_files_folder, name="files_folder"),
    path("<str:ref>/files/rename/", files.container_files_rename, name="files_rename"),
    path("<str:ref>/files/remove/", files.container_files_remove, name="files_remove"),
    path("<str:ref>/terminal/", terminal.container_terminal, name="terminal"),
    path("<str:ref>/stats/", stats.container_stats, name="stats"),
    path("<str:ref>/processes/", processes.container_processes, name="processes"),
    path("<str:ref>/processes/own/", processes.container_own_processes, name="own_processes"),
    path("<str:ref>/processes/signal/", processes.container_process_signal, name="process_signal"),
    path("<str:ref>/changes/", changes.container_changes, name="changes"),
]
