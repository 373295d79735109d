"""`manage.py user_add NAME --role viewer --password-stdin`: make an account."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import setup
from apps.accounts.actor import Role
from apps.core.errors import InvalidInput


class Command(BaseCommand):
    help = "Make an account. The password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=[role.value for role in Role], default=Role.VIEWER.value)
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password's line from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else getpass.getpass()
        try:
            user = setup.user_make(options["name"], password, role=Role(options["role"]))
        except InvalidInput as refusal:
            raise CommandError(f"{refusal.title} {refusal.detail}") from refusal
        self.stdout.write(f"Made “{user.username}” ({user.role}).")
