"""Registers the kinds of the stage, as the program's apps do theirs."""

from __future__ import annotations

from django.apps import AppConfig


class StageConfig(AppConfig):
    name = "tests.live.activities.stage"
    label = "stage"

    def ready(self) -> None:
        from tests.live.activities.stage.kinds import register_all

        register_all()
