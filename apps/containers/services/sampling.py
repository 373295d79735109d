"""One sample of what a container takes of its host, for who does not want a stream of them."""

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api.containers import container_stats_once
from apps.engine.types.stats import StatsSample
from apps.hosts.gate import open_container


def container_sampled(actor: Actor, host_slug: str, ref: str, *, is_one_shot: bool) -> StatsSample:
    """Take one sample. The engine measures twice for it, which takes a second or two, so that CPU has a figure.

    `is_one_shot` (from API 1.41 on; before, it changes nothing): it measures once. Raises what the gate raises.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_STATS) as opened:
        return opened.engine.run(container_stats_once(opened.container.id, one_shot=is_one_shot))
