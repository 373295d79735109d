#!/usr/bin/env python3
"""Dockerweb's command line: `manage.py check`, `migrate`, `user_add`, `user_role`, `setup_link` …"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dockerweb.settings")
    from django.core.management import execute_from_command_line

    from dockerweb.env import SettingError

    try:
        execute_from_command_line(sys.argv)
    except SettingError as wrong:
        sys.exit(f"dockerweb: {wrong}")


if __name__ == "__main__":
    main()
