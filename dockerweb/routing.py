"""Every socket address, by app."""

from __future__ import annotations

from django.urls import URLPattern

from apps.terminals.routing import websocket_urlpatterns as terminals

websocket_urlpatterns: list[URLPattern] = [*terminals]
