"""The app, and what it does when the server stops."""

from django.apps import AppConfig

from apps.core.lifespan import on_shutdown


class TerminalsConfig(AppConfig):
    """Sockets: attach, exec, logs, stats, events."""

    name = "apps.terminals"

    def ready(self) -> None:
        """End sockets before feeds (hooks run in reverse)."""
        from apps.terminals import feed, sessions, statshub

        on_shutdown(feed.stop)
        on_shutdown(statshub.stop)
        on_shutdown(sessions.stop)
