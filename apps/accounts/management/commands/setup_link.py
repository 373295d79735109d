"""`manage.py setup_link`: print a new one-time link for the first admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import setup


class Command(BaseCommand):
    help = "Print a new one-time link that makes the first admin; older ones stop working."

    def handle(self, *args: Any, **options: Any) -> None:
        if not setup.is_needed():
            raise CommandError("There is an admin already; add accounts with user_add.")
        base = settings.ORIGINS[0] if settings.ORIGINS else f"http://127.0.0.1:{settings.PORT}"
        self.stdout.write(f"{base}{setup.link_make()}")
