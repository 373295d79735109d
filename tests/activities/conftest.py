"""A runner on this test's event loop, and kinds that do what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.access.actions import Action
from apps.accounts.actor import Actor, Role
from apps.accounts.http import actor_of
from apps.accounts.models import User
from apps.activities import kinds, runner, services
from apps.activities.kinds import Kind
from apps.activities.models import Activity, State
from apps.activities.runner import Run
from apps.hosts.services import host_register_local

PATIENCE_S = 30.0

Work = Callable[[Run], Awaitable[dict[str, Any] | None]]


class Bench:
    """Starts activities of kinds that a test makes up, as Ada, on the host `local`."""

    def __init__(self, ada: Actor, joan: Actor) -> None:
        self.ada = ada
        self.joan = joan

    def kind(self, work: Work, *, name: str = "test.work", action: Action = Action.IMAGE_PULL, **more: Any) -> Kind:
        """Register a kind whose coroutine is `work`."""
        return kinds.register(
            Kind(name=name, action=action, title=lambda params: f"Work {params.get('n', '')}".strip(), run=work, **more)
        )

    async def start(self, work: Work, *, files: list[Path] | None = None, **params: Any) -> Activity:
        """Start an activity that does `work`."""
        self.kind(work)
        return await sync_to_async(services.activity_start)(
            self.ada, "local", kind="test.work", params=params, files=files or []
        )

    async def ended(self, activity: Activity) -> Activity:
        """Wait for its end; as it is then."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await activity.arefresh_from_db()
                if activity.state != State.RUNNING and not runner.is_running_here(activity.pk):
                    return activity
                await asyncio.sleep(0.02)


@pytest.fixture
async def bench(transactional_db: None, tmp_path: Path, settings: Any) -> AsyncIterator[Bench]:
    """The runner runs; its folder is this test's own."""
    settings.DATA_DIR = tmp_path
    ada = await sync_to_async(User.objects.create_user)("ada", None, role=Role.ADMIN)
    joan = await sync_to_async(User.objects.create_user)("joan", None, role=Role.VIEWER)
    await sync_to_async(host_register_local)(using="default")
    known = dict(kinds._kinds)
    await runner.start()
    yield Bench(actor_of(ada), actor_of(joan))
    await runner.stop()
    kinds._kinds.clear()
    kinds._kinds.update(known)
