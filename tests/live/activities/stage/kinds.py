"""The kinds `stage.follow` and `stage.files`."""

from __future__ import annotations

import json
from typing import Any

from apps.access.actions import Action
from apps.activities.kinds import Kind, register
from apps.activities.runner import Run
from apps.core.errors import Unavailable
from apps.engine.api.containers import container_inspect, container_logs
from apps.hosts.gate import open_container_async


async def follow(run: Run) -> dict[str, Any]:
    """Each line that the container prints is a message, or text; it fails when the container does."""
    async with open_container_async(run.actor, run.host_slug, run.params["ref"], Action.CONTAINER_LOGS) as opened:
        container_id = opened.container.id
        rest = b""
        async with opened.engine.stream(container_logs(container_id, follow=True)) as stream:
            async for piece in stream:
                *lines, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n")
                for line in lines:
                    if line.startswith(b'{"type"'):
                        await run.tell(json.loads(line))
                    else:
                        await run.tell({"type": "text", "text": line.decode(errors="replace") + "\n"})
        exit_code = (await opened.engine.run(container_inspect(container_id))).state.exit_code
    if exit_code:
        raise Unavailable("The container failed.", f"Its exit code is {exit_code}.", hint="Look at its output.")
    return {"exit_code": exit_code}


def register_all() -> None:
    """Make both known."""
    for name, is_restartable in (("stage.follow", True), ("stage.files", False)):
        register(
            Kind(
                name=name,
                action=Action.IMAGE_PULL,
                title=lambda params: f"Follow {params.get('title') or params['ref'][:12]}",
                run=follow,
                is_restartable=is_restartable,
                icon="box",
                result_url=lambda host_slug, params, result: f"/hosts/{host_slug}/containers/{params['ref'][:12]}/",
            )
        )
