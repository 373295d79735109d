from django.apps import AppConfig

from apps.core.lifespan import on_shutdown, on_startup


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        from apps.accounts import upkeep

        on_startup(upkeep.start)
        on_shutdown(upkeep.stop)
