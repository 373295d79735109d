"""Every socket address, by app."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

websocket_urlpatterns: list[Any] = []
if find_spec("apps.terminals.routing"):
    websocket_urlpatterns += import_module("apps.terminals.routing").websocket_urlpatterns
