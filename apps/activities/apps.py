"""The app, and what it does while the server runs."""

from django.apps import AppConfig
from django.conf import settings

from apps.core.lifespan import on_shutdown, on_startup


class ActivitiesConfig(AppConfig):
    """Long work that outlives a page."""

    name = "apps.activities"
    verbose_name = "Activities"

    def ready(self) -> None:
        """Run activities for as long as the server runs."""
        from apps.activities import runner, sweeper

        on_startup(runner.start)
        on_startup(sweeper.start)
        on_shutdown(sweeper.stop)
        on_shutdown(runner.stop)
        if settings.REDIS_URL:
            from apps.activities import relay

            on_startup(relay.start)
            on_shutdown(relay.stop)
