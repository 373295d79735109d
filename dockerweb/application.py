"""The whole ASGI application, outermost first: size gate, then static files and pages, or the sockets' door.

browser ─http─▶ Gatekeeper ─▶ StaticFiles ─▶ PooledHandler (Django)
browser ─ws───▶ Doorkeeper ─▶ URLRouter ─▶ consumer
server ─lifespan─▶ apps.core.lifespan
"""

from __future__ import annotations

import logging

from channels.routing import URLRouter
from django.conf import settings

from apps.core import lifespan
from apps.core.lifespan import on_shutdown, on_startup
from dockerweb.asgi_types import ASGIApplication, Receive, Scope, Send
from dockerweb.doorkeeper import Doorkeeper
from dockerweb.gatekeeper import Gatekeeper
from dockerweb.handler import PooledHandler
from dockerweb.routing import websocket_urlpatterns
from dockerweb.statics import StaticFiles
from dockerweb.uploads import upload_limit

log = logging.getLogger(__name__)

__all__ = ["Application", "make_application", "on_shutdown", "on_startup"]


class Application:
    """One ASGI callable for pages, sockets and the server's start and stop."""

    def __init__(self, *, pages: ASGIApplication, sockets: ASGIApplication) -> None:
        self.pages = pages
        self.sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self.pages({**scope, "path": _with_prefix(scope["path"])}, receive, send)
            case "websocket":
                await self.sockets(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await lifespan.start()
        except Exception as exc:
            log.exception("the start failed")
            await send({"type": "lifespan.startup.failed", "message": str(exc)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await lifespan.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _with_prefix(path: str) -> str:
    """The path below our sub-path: a proxy may have taken the sub-path off."""
    prefix = settings.PREFIX
    return path if not prefix or path.startswith(f"{prefix}/") else prefix + path


class Router:
    """Channels' router; an address that is no socket's is refused instead of raised."""

    def __init__(self) -> None:
        self._router = URLRouter(websocket_urlpatterns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].lstrip("/")
        if not any(route.pattern.match(path) for route in websocket_urlpatterns):
            await send({"type": "websocket.close", "code": 4404, "reason": ""})
            return
        await self._router(scope, receive, send)


def make_application() -> Application:
    """Build the application; Django must be set up."""
    pages = Gatekeeper(StaticFiles(PooledHandler()), settings.MAX_BODY_BYTES, raised_limit=upload_limit)
    return Application(pages=pages, sockets=Doorkeeper(Router()))
