"""The app, and what it does when the server stops."""

from django.apps import AppConfig

from apps.core.lifespan import on_shutdown, on_startup


class TerminalsConfig(AppConfig):
    """Sockets: attach, exec, logs, stats, events."""

    name = "apps.terminals"

    def ready(self) -> None:
        """Sweep while the server runs. At its end sockets end before feeds: those hooks run in reverse."""
        from apps.terminals import feed, sessions, statshub, sweeper

        on_startup(sweeper.start)
        on_shutdown(sweeper.stop)
        on_shutdown(feed.stop)
        on_shutdown(statshub.stop)
        on_shutdown(sessions.stop)
