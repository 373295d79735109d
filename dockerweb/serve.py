"""`python -m dockerweb.serve`: one process that serves everything, by uvicorn.

Addresses by BIND and PORT. On SIGTERM open sockets are closed with 1012 and the process ends within six seconds.
"""

from __future__ import annotations

import ctypes
import gc
import os
import socket
import sys
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from dockerweb.env import SettingError

if TYPE_CHECKING:
    from dockerweb.asgi_types import ASGIApplication

READER_GONE_MS = 20_000
"""A peer that takes no bytes for so long is given up by the kernel; uvicorn by itself never does."""
BACKLOG = 512
PING_EVERY_S = 20.0
STOP_WITHIN_S = 4
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
MAX_MESSAGE_BYTES = 256 * 1024
"""The largest message a browser may send; pages cut a paste into 64 KiB."""


def listen(bind: str, port: int) -> socket.socket:
    """A listening socket whose connections end when their peer stops reading. Port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, READER_GONE_MS)
    try:
        listener.bind((bind, port))
    except OSError as exc:
        listener.close()
        raise SettingError(f"{bind} port {port} cannot be listened on: {exc.strerror}. Set BIND or PORT.") from exc
    listener.set_inheritable(True)
    return listener


def announce(listener: socket.socket) -> None:
    """Say where we are, and how the first admin comes to be."""
    from django.conf import settings

    from apps.accounts import setup
    from apps.core.errors import InvalidInput

    port = listener.getsockname()[1]
    bind = settings.BIND
    shown = "127.0.0.1" if bind in {"0.0.0.0", "::"} else f"[{bind}]" if ":" in bind else bind  # noqa: S104
    base = settings.ORIGINS[0] if settings.ORIGINS else f"http://{shown}:{port}"
    try:
        admin = setup.admin_make_from_environment()
    except InvalidInput as refusal:
        raise SettingError(f"DOCKERWEB_ADMIN_USER or …_PASSWORD: {refusal.title} {refusal.detail}") from refusal
    say(f"Dockerweb listens on {base}{settings.PREFIX}/")
    if admin is not None:
        say(f"Made the first admin, “{admin.username}”, from the environment.")
    elif setup.is_needed():
        say("There is no admin yet. This link makes the first one; it works once, for 15 minutes:")
        say(f"  {base}{setup.link_make()}")
    for name in settings.UNKNOWN_SETTINGS:
        say(f"warning: {name} is set, but there is no such setting.")


def say(line: str) -> None:
    print(line, flush=True)


def refuse_old_database() -> None:
    """Stop when migrations are missing: half a schema fails later, and worse. Their names tell; none is imported."""
    from django.apps import apps
    from django.db import OperationalError, connection
    from django.db.migrations.recorder import MigrationRecorder

    wanted = {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in iter_modules([os.path.join(app.path, "migrations")])
    }
    try:
        is_old = not wanted.issubset(MigrationRecorder(connection).applied_migrations())
    except OperationalError as exc:
        raise SettingError(f"The database cannot be opened: {exc}") from exc
    if is_old:
        raise SettingError("The database is not up to date; run “python manage.py migrate” first.")


def give_memory_back() -> None:
    """Have glibc return large blocks (each password check borrows 19 MiB) instead of keeping them per thread."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 256 * 1024)
        mallopt(M_TRIM_THRESHOLD, 1024 * 1024)  # a file's pieces come and go: not a system call and new pages for each
        mallopt(M_ARENA_MAX, 2)


def run(application: ASGIApplication, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT."""
    import uvicorn
    from django.conf import settings

    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_EVERY_S,
        ws_ping_timeout=PING_EVERY_S,
        ws_per_message_deflate=False,
        lifespan="on",
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        timeout_keep_alive=15,
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES or None,
        server_header=False,
        access_log=False,
        log_level="warning",
        log_config=None,
    )
    # What stands now stays: collections need not walk it again.
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dockerweb.settings")
    give_memory_back()
    try:
        import django
        from django.conf import settings

        django.setup()
        listener = listen(settings.BIND, settings.PORT)
        refuse_old_database()
        from dockerweb.application import make_application

        application = make_application()
        announce(listener)
    except SettingError as wrong:
        sys.exit(f"dockerweb: {wrong}")
    try:
        run(application, listener)
    except KeyboardInterrupt:
        say("Stopped.")


if __name__ == "__main__":
    main()
