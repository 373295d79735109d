"""Every address and socket × {nobody, viewer, admin} → what they get. A route without a row fails the tests.

A cell is an HTTP status, LOGIN (led to the sign-in form) or DONE (the change was made: 2xx, or 3xx to elsewhere).
`{running}` in `kwargs` or `fields` is a running container, `{stopped}` one that never ran, made anew for each row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOGIN = "login"
DONE = "done"
OPEN = "open"

Cell = int | str
Cells = tuple[Cell, Cell, Cell]
"""(nobody, viewer, admin)"""

ROLES = ("anonymous", "viewer", "admin")
CLOSED: Cells = (LOGIN, 405, 405)


@dataclass(frozen=True)
class Page:
    """One route: what GET and POST give."""

    name: str
    get: Cells
    post: Cells
    kwargs: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """True when the row needs an engine."""
        return "host_slug" in self.kwargs


@dataclass(frozen=True)
class Socket:
    """One socket: OPEN (its first message is `ready`), or the code it closes with."""

    route: str
    path: str
    cells: Cells


def everybody(cell: Cell) -> Cells:
    return (cell, cell, cell)


def readers(cell: Cell = 200) -> Cells:
    """Viewers and admins."""
    return (LOGIN, cell, cell)


def admins(cell: Cell = DONE) -> Cells:
    return (LOGIN, 403, cell)


HOST = {"host_slug": "local"}
RUNNING = {**HOST, "ref": "{running}"}
STOPPED = {**HOST, "ref": "{stopped}"}

CORE = [
    Page("healthz", get=everybody(200), post=everybody(405)),
    Page("readyz", get=everybody(200), post=everybody(405)),
    Page("setup", get=everybody(404), post=everybody(404)),
    Page("home", get=readers(302), post=CLOSED),
]

# Second factors ask for the password once more (302 to reauthenticate) or have nothing to show yet (404).
ACCOUNTS = [
    Page("account_login", get=(200, 302, 302), post=(200, 302, 302)),
    Page("account_logout", get=(302, 200, 200), post=everybody(302)),
    Page("account_inactive", get=everybody(200), post=everybody(405)),
    Page("account_signup", get=(200, 302, 302), post=(200, 302, 302)),
    Page("account_reauthenticate", get=readers(), post=readers()),
    Page("account_change_password", get=readers(), post=readers()),
    Page("account_set_password", get=readers(302), post=readers(302)),
    Page("account_email", get=everybody(404), post=everybody(404)),
    Page("account_email_verification_sent", get=everybody(404), post=everybody(404)),
    Page("account_confirm_email", get=everybody(404), post=everybody(404), kwargs={"key": "abc"}),
    Page("account_reset_password", get=everybody(404), post=everybody(404)),
    Page("account_reset_password_done", get=everybody(404), post=everybody(404)),
    Page(
        "account_reset_password_from_key",
        get=everybody(404), post=everybody(404), kwargs={"uidb36": "1", "key": "abc"},
    ),
    Page("account_reset_password_from_key_done", get=everybody(404), post=everybody(404)),
    Page("account_confirm_login_code", get=everybody(404), post=everybody(404)),
    Page("mfa_index", get=readers(), post=CLOSED),
    Page("mfa_authenticate", get=(302, 302, 302), post=(302, 302, 302)),
    Page("mfa_reauthenticate", get=readers(302), post=readers(302)),
    Page("mfa_activate_totp", get=readers(302), post=readers(302)),
    Page("mfa_deactivate_totp", get=readers(404), post=readers(404)),
    Page("mfa_view_recovery_codes", get=readers(404), post=CLOSED),
    Page("mfa_generate_recovery_codes", get=readers(302), post=readers(302)),
    Page("mfa_download_recovery_codes", get=readers(404), post=readers(404)),
    Page("mfa_list_webauthn", get=readers(), post=CLOSED),
    Page("mfa_add_webauthn", get=readers(302), post=readers(302)),
    Page("mfa_reauthenticate_webauthn", get=readers(302), post=readers(302)),
    Page("mfa_remove_webauthn", get=readers(302), post=readers(302), kwargs={"pk": "1"}),
    Page("mfa_edit_webauthn", get=readers(302), post=readers(302), kwargs={"pk": "1"}),
    Page("mfa_login_webauthn", get=(LOGIN, 302, 302), post=(LOGIN, 302, 302)),
    Page("usersessions_list", get=readers(), post=readers(302)),
]  # fmt: skip

BULK = {"verb": "stop", "id": "{running}", "timeout": "0"}
PROCESS = {"pid": "7", "start": "123", "uid": "0", "signal": "TERM"}

CONTAINERS = [
    Page("containers:list", get=readers(), post=CLOSED, kwargs=HOST),
    Page("containers:create", get=admins(200), post=admins(400), kwargs=HOST),
    Page("containers:create_preview", get=CLOSED, post=admins(200), kwargs=HOST),
    Page("containers:create_pull", get=CLOSED, post=admins(200), kwargs=HOST),
    Page("containers:bulk", get=CLOSED, post=admins(), kwargs=HOST, fields=BULK),
    Page("containers:view_save", get=CLOSED, post=readers(DONE), kwargs=HOST, fields={"name": "mine", "query": "?q=a"}),
    Page("containers:view_delete", get=CLOSED, post=readers(404), kwargs={**HOST, "view_id": "0"}),
    Page("containers:prune", get=admins(200), post=admins(), kwargs=HOST, fields={"label": "of-no-container=here"}),
    Page("containers:start", get=CLOSED, post=admins(), kwargs=STOPPED),
    Page("containers:stop", get=CLOSED, post=admins(), kwargs=RUNNING, fields={"timeout": "0"}),
    Page("containers:restart", get=CLOSED, post=admins(), kwargs=RUNNING, fields={"timeout": "0"}),
    Page("containers:kill", get=CLOSED, post=admins(), kwargs=RUNNING, fields={"signal": "KILL"}),
    Page("containers:pause", get=CLOSED, post=admins(), kwargs=RUNNING),
    Page("containers:unpause", get=CLOSED, post=admins(), kwargs=RUNNING),
    Page("containers:remove", get=CLOSED, post=admins(), kwargs=STOPPED),
    Page("containers:rename", get=admins(200), post=admins(), kwargs=STOPPED, fields={"name": "renamed-{stopped}"}),
    Page("containers:update", get=admins(200), post=admins(), kwargs=RUNNING, fields={"cpu_shares": "512"}),
    Page("containers:unlink", get=CLOSED, post=admins(400), kwargs=STOPPED, fields={"alias": "none"}),
    Page("containers:edit", get=admins(200), post=admins(400), kwargs=STOPPED),
    Page("containers:recreate", get=admins(200), post=admins(), kwargs=STOPPED),
    Page("containers:revisions", get=admins(200), post=CLOSED, kwargs=STOPPED),
    Page("containers:restore", get=CLOSED, post=admins(404), kwargs={**STOPPED, "number": "1"}),
    Page("containers:export", get=admins(200), post=CLOSED, kwargs=STOPPED),
    Page("containers:commit", get=admins(200), post=admins(), kwargs=STOPPED),
    Page("containers:wait", get=CLOSED, post=readers(), kwargs=RUNNING, fields={"timeout": "0"}),
    Page("containers:exec", get=admins(200), post=admins(), kwargs=RUNNING, fields={"command": "true"}),
    Page("containers:detail", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("containers:inspect", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("containers:env", get=admins(200), post=CLOSED, kwargs=RUNNING),
    Page("containers:logs", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("containers:log_download", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("containers:files", get=admins(200), post=CLOSED, kwargs=RUNNING),
    Page("containers:files_archive", get=admins(200), post=CLOSED, kwargs=RUNNING),
    Page("containers:files_upload", get=CLOSED, post=admins(400), kwargs=RUNNING),
    Page(
        "containers:files_edit",
        get=admins(400),
        post=admins(),
        kwargs=RUNNING,
        fields={"path": "/made", "text": "x", "overwrite": "1"},
    ),
    Page("containers:files_folder", get=CLOSED, post=admins(), kwargs=RUNNING, fields={"path": "/", "name": "made"}),
    Page("containers:files_rename", get=CLOSED, post=admins(), kwargs=RUNNING, fields={"path": "/var", "name": "v"}),
    Page("containers:files_remove", get=CLOSED, post=admins(), kwargs=RUNNING, fields={"path": "/var"}),
    Page("containers:terminal", get=admins(200), post=CLOSED, kwargs=RUNNING),
    Page("containers:stats", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("containers:processes", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("containers:own_processes", get=admins(200), post=CLOSED, kwargs=RUNNING),
    Page("containers:process_signal", get=CLOSED, post=admins(409), kwargs=STOPPED, fields=PROCESS),
    Page("containers:changes", get=readers(), post=CLOSED, kwargs=RUNNING),
    Page("terminals:shells", get=admins(200), post=CLOSED, kwargs=RUNNING),
]  # fmt: skip

IMAGE = {**HOST, "ref": "dockerweb/base:1"}
GONE_IMAGE = {**HOST, "ref": "sha256:" + "0" * 64}

IMAGES = [
    Page("images:list", get=readers(), post=CLOSED, kwargs=HOST),
    Page("images:sizes", get=readers(), post=CLOSED, kwargs=HOST),
    Page("images:bulk", get=CLOSED, post=admins(), kwargs=HOST, fields={"verb": "remove", "id": GONE_IMAGE["ref"]}),
    Page("images:prune", get=admins(200), post=admins(), kwargs=HOST, fields={"label": "of-no-image=here"}),
    Page("images:search", get=admins(200), post=CLOSED, kwargs=HOST),
    Page("images:tag", get=admins(200), post=admins(), kwargs=IMAGE, fields={"reference": "dockerweb/base:1"}),
    Page("images:untag", get=CLOSED, post=admins(), kwargs=IMAGE, fields={"reference": "no-name-of-it:1"}),
    Page("images:remove", get=admins(404), post=admins(), kwargs=GONE_IMAGE),
    Page("images:updates", get=admins(200), post=CLOSED, kwargs=IMAGE),
    Page("images:history", get=readers(), post=CLOSED, kwargs=IMAGE),
    Page("images:inspect", get=readers(), post=CLOSED, kwargs=IMAGE),
    Page("images:env", get=admins(200), post=CLOSED, kwargs=IMAGE),
    Page("images:detail", get=readers(), post=CLOSED, kwargs=IMAGE),
]  # fmt: skip

NO_ACTIVITY = "00000000-0000-4000-8000-000000000000"
ACTIVITY = {"activity_id": NO_ACTIVITY}

# What one's own and somebody else's give: tests/live/activities.
ACTIVITIES = [
    Page("activities:list", get=readers(), post=CLOSED),
    Page("activities:detail", get=readers(404), post=CLOSED, kwargs=ACTIVITY),
    Page("activities:output", get=readers(404), post=CLOSED, kwargs=ACTIVITY),
    Page("activities:file", get=readers(404), post=CLOSED, kwargs=ACTIVITY),
    Page("activities:file_remove", get=CLOSED, post=readers(404), kwargs=ACTIVITY),
    Page("activities:cancel", get=CLOSED, post=readers(404), kwargs=ACTIVITY),
    Page("activities:restart", get=CLOSED, post=readers(404), kwargs=ACTIVITY),
]

NO_REGISTRY = {"registry_id": "0"}

REGISTRIES = [
    Page("registries:list", get=admins(200), post=CLOSED),
    Page("registries:add", get=admins(200), post=admins(400)),
    Page("registries:detail", get=admins(404), post=CLOSED, kwargs=NO_REGISTRY),
    Page("registries:edit", get=admins(404), post=admins(404), kwargs=NO_REGISTRY),
    Page("registries:check", get=CLOSED, post=admins(404), kwargs=NO_REGISTRY),
    Page("registries:remove", get=CLOSED, post=admins(404), kwargs=NO_REGISTRY),
    Page("registries:repositories", get=admins(404), post=CLOSED, kwargs=NO_REGISTRY),
    Page("registries:tags", get=admins(404), post=CLOSED, kwargs=NO_REGISTRY),
    Page("registries:tag_delete", get=admins(404), post=admins(404), kwargs=NO_REGISTRY),
]

BASE_IMAGE = {**HOST, "ref": "dockerweb/base:1"}

# What is begun goes through the same doors as what is refused for its empty form.
IMAGE_WORK = [
    Page("images:pull", get=admins(200), post=admins(400), kwargs=HOST),
    Page("images:pull_reading", get=admins(400), post=CLOSED, kwargs=HOST),
    Page("images:build", get=admins(200), post=admins(400), kwargs=HOST),
    Page("images:build_cache", get=admins(200), post=admins(), kwargs=HOST),
    Page("images:load", get=admins(200), post=admins(400), kwargs=HOST),
    Page("images:import", get=admins(200), post=admins(400), kwargs=HOST),
    Page("images:save_several", get=admins(400), post=CLOSED, kwargs=HOST),
    Page("images:save_several_to_disk", get=admins(400), post=admins(400), kwargs=HOST),
    Page("images:save_to_disk", get=admins(200), post=admins(), kwargs=BASE_IMAGE),
    Page("images:push", get=admins(200), post=admins(400), kwargs=BASE_IMAGE),
    Page("images:save", get=admins(200), post=CLOSED, kwargs=BASE_IMAGE),
]

PAGES = [*CORE, *ACCOUNTS, *CONTAINERS, *IMAGES, *IMAGE_WORK, *ACTIVITIES, *REGISTRIES]

_HOST = "ws/hosts/<slug:host_slug>"
_CONTAINER = f"{_HOST}/containers/<str:ref>"

SOCKETS = [
    Socket(f"{_CONTAINER}/attach/", "/ws/hosts/local/containers/{running}/attach/", (4401, 4403, OPEN)),
    Socket(f"{_CONTAINER}/exec/", "/ws/hosts/local/containers/{running}/exec/?cmd=cat", (4401, 4403, OPEN)),
    Socket(f"{_CONTAINER}/logs/", "/ws/hosts/local/containers/{running}/logs/?stdout=1&follow=1", (4401, OPEN, OPEN)),
    Socket(f"{_CONTAINER}/stats/", "/ws/hosts/local/containers/{running}/stats/", (4401, OPEN, OPEN)),
    Socket(f"{_HOST}/stats/", "/ws/hosts/local/stats/", (4401, OPEN, OPEN)),
    Socket(f"{_HOST}/events/", "/ws/hosts/local/events/", (4401, OPEN, OPEN)),
    Socket("ws/activities/<uuid:activity_id>/", f"/ws/activities/{NO_ACTIVITY}/", (4401, 4404, 4404)),
    Socket("ws/activities/", "/ws/activities/", (4401, OPEN, OPEN)),
]
