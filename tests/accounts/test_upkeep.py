"""Old sessions leave the database by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts import upkeep

pytestmark = pytest.mark.django_db(transaction=True)


async def test_sessions_that_have_ended_are_swept_and_others_stay() -> None:
    now = timezone.now()
    for key, ends_at in (("old", now - timedelta(seconds=1)), ("new", now + timedelta(days=1))):
        await Session.objects.acreate(session_key=key, session_data="", expire_date=ends_at)
    await upkeep.sweep()
    assert await sync_to_async(lambda: [one.session_key for one in Session.objects.all()])() == ["new"]
