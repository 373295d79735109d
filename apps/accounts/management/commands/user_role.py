"""`manage.py user_role NAME admin|viewer|none`: give an account a role, or shut it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import services
from apps.accounts.actor import Role
from apps.core.errors import Refusal


class Command(BaseCommand):
    help = "Give an account a role; “none” shuts it. Pages it holds open follow within two seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("role", choices=[*(role.value for role in Role), "none"])

    def handle(self, *args: Any, **options: Any) -> None:
        role = None if options["role"] == "none" else Role(options["role"])
        try:
            services.user_set_role(options["name"], role)
        except Refusal as refusal:
            raise CommandError(f"{refusal.title} {refusal.detail}") from refusal
        self.stdout.write(f"“{options['name']}”: {options['role']}.")
