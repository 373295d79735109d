"""The ASGI application, for any server: `dockerweb.asgi:application`. `python -m dockerweb.serve` is the usual way."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dockerweb.settings")
django.setup()

from dockerweb.application import make_application  # noqa: E402 - Django first

application = make_application()
