"""The sockets' addresses (fixed: see docs/sockets.md)."""

from django.urls import URLPattern, path

from apps.terminals.consumers.activity import ActivitiesConsumer, ActivityConsumer
from apps.terminals.consumers.attach import AttachConsumer
from apps.terminals.consumers.events import EventsConsumer
from apps.terminals.consumers.exec import ExecConsumer
from apps.terminals.consumers.host_stats import HostStatsConsumer
from apps.terminals.consumers.logs import LogsConsumer
from apps.terminals.consumers.stats import StatsConsumer

_HOST = "ws/hosts/<slug:host_slug>"
_CONTAINER = f"{_HOST}/containers/<str:ref>"

websocket_urlpatterns: list[URLPattern] = [
    path(f"{_CONTAINER}/attach/", AttachConsumer.as_asgi()),
    path(f"{_CONTAINER}/exec/", ExecConsumer.as_asgi()),
    path(f"{_CONTAINER}/logs/", LogsConsumer.as_asgi()),
    path(f"{_CONTAINER}/stats/", StatsConsumer.as_asgi()),
    path(f"{_HOST}/stats/", HostStatsConsumer.as_asgi()),
    path(f"{_HOST}/events/", EventsConsumer.as_asgi()),
    path("ws/activities/<uuid:activity_id>/", ActivityConsumer.as_asgi()),
    path("ws/activities/", ActivitiesConsumer.as_asgi()),
]
