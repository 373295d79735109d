"""What every template knows about the one who reads."""

from __future__ import annotations

from django.http import HttpRequest

from apps.accounts.actor import ANONYMOUS, Actor


def actor(request: HttpRequest) -> dict[str, Actor]:
    return {"actor": getattr(request, "actor", ANONYMOUS)}
