"""`containers/<id>/attach/`: the streams of the container's own process."""

from typing import ClassVar

from apps.engine.types.events import Event
from apps.terminals import messages, patience
from apps.terminals.closes import Ending
from apps.terminals.consumers.terminal import TerminalConsumer
from apps.terminals.feed import Notice
from apps.terminals.query import parse_attach
from apps.terminals.sources.attach import AttachSource, attach_open


class AttachConsumer(TerminalConsumer):
    """Bytes as the container wrote them; keystrokes to its stdin. Waits in front of a container that does not run."""

    output_patience_s: ClassVar[float | None] = 30.0
    """An engine holds up the container itself, and everybody else who is attached, while one of them does not read."""

    async def serve(self) -> Ending:
        """Attach, carry, and tell how the container ended."""
        wish = parse_attach(self.query_string)
        async with patience.opened(lambda: attach_open(self.actor, self.host_slug, self.ref, wish=wish)) as source:
            config = source.container.config
            self.takes_input = wish.stdin and config.open_stdin
            await self.ready(
                {
                    "tty": config.tty,
                    "via": source.attached.via,
                    "multiplexed": False,
                    "stdin": self.takes_input,
                    "waiting": source.is_waiting,
                    "container": source.container.id,
                }
            )

            async def live() -> None:
                await self._tell_when_live(source)

            await self.carry(
                source.attached,
                streams=source.streams,
                feed=source.feed,
                resize=source.resize if config.tty else None,
                beside=live if source.is_waiting else None,
            )
            return await source.ending()

    async def _tell_when_live(self, source: AttachSource) -> None:
        """Wait for the container's start, and look once: it may have been started since it was inspected."""
        container_id = source.container.id

        def is_start(event: Event) -> bool:
            return event.type == "container" and event.action == "start" and event.actor_id == container_id

        async with source.feed.subscribed(is_start) as starts:
            await source.feed.standing()
            while not await source.is_running():
                if await starts.next() is Notice.LOST:
                    continue
                break
        await self.browser.send_text(messages.LIVE)
        self.want_size(None)
