"""`containers/<id>/exec/`: a command of one's own in the container, the best shell there is unless named."""

from apps.terminals import patience
from apps.terminals.closes import Ending
from apps.terminals.consumers.terminal import TerminalConsumer
from apps.terminals.query import parse_exec
from apps.terminals.sources.exec import ExecSession


class ExecConsumer(TerminalConsumer):
    """Runs a command for as long as its browser stays: one that leaves takes the command with it."""

    session: ExecSession | None = None

    async def serve(self) -> Ending:
        """Run the command, carry, and tell its exit code."""
        wish = parse_exec(self.query_string)
        self.want_size(wish.size)
        self.session = ExecSession(self.actor, self.host_slug, self.ref, wish=wish)
        async with patience.opened(self.session.opened) as source:
            await self.ready(
                {
                    "tty": source.tty,
                    "via": source.attached.via,
                    "multiplexed": False,
                    "stdin": True,
                    "waiting": False,
                    "cmd": list(source.command),
                }
            )
            await self.carry(
                source.attached,
                streams=source.streams,
                feed=source.feed,
                resize=source.resize if source.tty else None,
            )
            return await source.ending()

    async def released(self) -> None:
        """Stay until the command that was left is ended."""
        if self.session is not None:
            await self.session.left_nothing()
