"""Re-creating a container: edited, with a newer image, or as it was at an earlier revision.

Each decides by the gate, refuses what must not be replaced, keeps what the container was as a revision, replaces it,
and keeps what it is now.
"""

from __future__ import annotations

import logging
import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.models import Revision
from apps.containers.selectors import revisions_of
from apps.containers.services.definitions import (
    Defined,
    Definition,
    NotMadeAgain,
    defined,
    definition_mark,
    image_here,
    wanted,
)
from apps.containers.services.replacing import EndedAtOnce, NotReplaced, Replaced, Replacement, Step, Wanted
from apps.containers.services.revisions import What, definition_kept, revision_keep_found, revision_keep_of
from apps.core.errors import NotFoundHere, Refusal
from apps.engine.api.containers import container_changes, container_list
from apps.engine.errors import EngineError
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.version import ApiVersion
from apps.hosts import snapshots
from apps.hosts.gate import OpenedContainer, OpenedEngine, open_container, resolved

log = logging.getLogger(__name__)

Tell = Callable[[Step], None]
_SHORT_ID_DIGITS = 12

_busy: set[tuple[str, str]] = set()
_busy_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class AsItWas:
    """Nothing was done: what is wanted is what there is."""

    container_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Editable:
    """A container, what it is made of, and what a new one would not have of it: `changed_files` (None: not known).

    `network_guests` are the names of containers that use its network: they would lose it.
    """

    container: ContainerInspect
    defined: Defined
    version: ApiVersion
    changed_files: int | None
    network_guests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """`is_kept`: the old one stays, stopped, under another name. `is_anyway`: also when nothing differs."""

    is_kept: bool = False
    is_anyway: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What a container is made from: a reference that can be pulled, "" when none is to be."""

    container_id: str
    image: str


Outcome = Replaced | NotReplaced | AsItWas


class NotReplaceable(Refusal):
    """A container that must not be replaced, or not now."""

    status = 409


def nobody_listens(step: Step) -> None:
    """For callers who wait for the end only."""


def container_editable(actor: Actor, host_slug: str, ref: str) -> Editable:
    """Look at what can be edited. Raises what the gate raises."""
    with _opened(actor, host_slug, ref) as opened:
        return Editable(
            opened.container, defined(opened), opened.engine.version, _changed_files(opened), _network_guests(opened)
        )


def container_edit(
    actor: Actor,
    host_slug: str,
    ref: str,
    *,
    values: dict[str, str],
    options: Options,
    mark: str = "",
    tell: Tell = nobody_listens,
) -> Outcome:
    """Replace a container by one of these texts. Raises NotReplaceable, NotMadeAgain, and what the gate raises.

    `mark` is that of the definition that the texts were made from ("": not known): pulling an image takes its time.
    """
    with _opened(actor, host_slug, ref) as opened:
        found = defined(opened)
        if mark and definition_mark(found.definition) != mark:
            raise NotReplaceable(
                _("The settings of %(name)s were changed meanwhile") % {"name": opened.container.name},
                _("Nothing was saved."),
                hint=_("Save once more to see what is there now."),
            )
        after = replace(found.definition, values={name: text for name, text in values.items() if text.strip()})
        return _recreate(actor, opened, found, after=after, what=What.EDITED, options=options, tell=tell)


def container_source(actor: Actor, host_slug: str, ref: str, *, is_pulled: bool) -> Source:
    """Say what to pull for a container. Raises NotReplaceable when it was made from an image's id."""
    with _opened(actor, host_slug, ref) as opened:
        container = opened.container
        reference = container.config.image
        if not is_pulled:
            return Source(container.id, "")
        if container.image_id.removeprefix("sha256:").startswith(reference.removeprefix("sha256:")):
            raise NotReplaceable(
                _("%(name)s was made from an image's id") % {"name": container.name},
                _("An id always names the same image: there is nothing newer to pull."),
                hint=_("Name the image on its page “Edit”."),
            )
        return Source(container.id, reference)


def container_recreate(
    actor: Actor, host_slug: str, ref: str, *, options: Options, tell: Tell = nobody_listens
) -> Outcome:
    """Make a container again as it is, with what its image's reference names here now. Raises as container_edit."""
    with _opened(actor, host_slug, ref) as opened:
        found = defined(opened)
        if found.lost:
            raise NotReplaceable(
                _("%(name)s cannot be re-created as it is") % {"name": opened.container.name},
                _("This would be lost: %(things)s.") % {"things": ", ".join(found.lost)},
                hint=_("Look at it on its page “Edit”."),
            )
        is_newer = found.newest is not None and found.newest.id != opened.container.image_id
        what = What.RENEWED if is_newer else What.AGAIN
        return _recreate(actor, opened, found, after=found.definition, what=what, options=options, tell=tell)


def container_restore(
    actor: Actor, host_slug: str, ref: str, *, number: int, options: Options, tell: Tell = nobody_listens
) -> Outcome:
    """Make a container as it was at a revision, from the image of that time while it is here.

    Raises as container_edit, and NotFoundHere.
    """
    with _opened(actor, host_slug, ref) as opened:
        revision = revisions_of(host_slug, opened.container).filter(number=number).first()
        if revision is None:
            raise NotFoundHere(_("There is no such revision"), _("Only the newest 50 are kept."))
        after = definition_kept(revision)
        return _recreate(
            actor,
            opened,
            defined(opened),
            after=after,
            what=What.RESTORED,
            options=options,
            tell=tell,
            image=image_of_revision(opened, revision),
            restored_number=number,
        )


def image_of_revision(opened: OpenedEngine | OpenedContainer, revision: Revision) -> str:
    """Return the id of a revision's image if its reference names another one by now and it is still here, else ""."""
    newest = image_here(opened, revision.image)
    if not revision.image_id or (newest is not None and newest.id == revision.image_id):
        return ""
    return revision.image_id if image_here(opened, revision.image_id) is not None else ""


@contextmanager
def _opened(actor: Actor, host_slug: str, ref: str) -> Iterator[OpenedContainer]:
    roles.require(actor, Action.CONTAINER_ENV)  # the environment is part of what is shown, kept and made again
    with open_container(actor, host_slug, ref, Action.CONTAINER_EDIT) as opened:
        yield opened


def _recreate(
    actor: Actor,
    opened: OpenedContainer,
    found: Defined,
    *,
    after: Definition,
    what: Revision.What,
    options: Options,
    tell: Tell,
    image: str = "",
    restored_number: int | None = None,
) -> Outcome:
    container, host_slug = opened.container, opened.host.slug
    _check(container)
    now = wanted(opened, after, image=image)
    before = None
    if container.host_config.auto_remove:
        before = wanted(opened, found.definition, image=_id_unless_same(container, found))
    if not options.is_anyway and _is_same(opened, now, found):
        return AsItWas(container.id, container.name)
    with _only_once(host_slug, container):
        opened = resolved(
            OpenedEngine(opened.host, opened.engine), actor, ref=container.id, action=Action.CONTAINER_EDIT
        )
        lineage = revision_keep_found(actor, opened, definition=found.definition).lineage
        try:
            outcome = Replacement(opened, now, before=before, is_kept=options.is_kept, tell=tell).run()
        finally:
            snapshots.of(opened.host).changed()
        shown = (actor.username, what.value, container.name, container.id[:_SHORT_ID_DIGITS], host_slug)
        if isinstance(outcome, NotReplaced):
            why = "it ended" if isinstance(outcome.failure, EndedAtOnce) else outcome.failure  # not what it wrote
            log.warning("%s: re-create (%s) %s (%s) on %s failed at %s: %s", *shown, outcome.step, why)
            if outcome.restored_id:
                _keep(actor, opened, outcome.restored_id, what=What.AGAIN, lineage=lineage)
            return outcome
        log.info("%s: re-create (%s) %s (%s) on %s as %s", *shown, outcome.container_id[:_SHORT_ID_DIGITS])
        _keep(actor, opened, outcome.container_id, what=what, restored_number=restored_number, lineage=lineage)
        return outcome


def _keep(
    actor: Actor,
    opened: OpenedContainer,
    container_id: str,
    *,
    what: Revision.What,
    lineage: str,
    restored_number: int | None = None,
) -> None:
    host = OpenedEngine(opened.host, opened.engine)
    revision_keep_of(actor, host, container_id, what=what, restored_number=restored_number, lineage=lineage)


def _check(container: ContainerInspect) -> None:
    """Raise NotReplaceable for what must not be stopped, or cannot be."""
    words = {"name": container.name}
    if platform.node() == container.short_id:
        raise NotReplaceable(
            _("Dockerweb runs in %(name)s itself") % words,
            _("It would stop itself in the middle, and could not start the new one."),
            hint=_("Re-create it with the tool that made it."),
        )
    if container.state.status == "paused":
        raise NotReplaceable(_("%(name)s is paused") % words, hint=_("Unpause it first."))
    if container.state.status in ("removing", "dead"):
        raise NotReplaceable(_("%(name)s is being removed") % words)


def _id_unless_same(container: ContainerInspect, found: Defined) -> str:
    """The id of the image that it runs, where its reference names another one (or none) by now."""
    if found.image is None or (found.newest is not None and found.newest.id == container.image_id):
        return ""
    return found.image.id


def _is_same(opened: OpenedContainer, now: Wanted, found: Defined) -> bool:
    newest = image_here(opened, now.spec.image)
    if newest is None or newest.id != opened.container.image_id:
        return False
    try:
        return now == wanted(opened, found.definition)
    except NotMadeAgain:
        return False


@contextmanager
def _only_once(host_slug: str, container: ContainerInspect) -> Iterator[None]:
    key = (host_slug, container.id)
    with _busy_lock:
        if key in _busy:
            raise NotReplaceable(
                _("%(name)s is being re-created just now") % {"name": container.name},
                hint=_("Wait for the end of it, then look again."),
            )
        _busy.add(key)
    try:
        yield
    finally:
        with _busy_lock:
            _busy.discard(key)


def _changed_files(opened: OpenedContainer) -> int | None:
    try:
        return len(opened.engine.run(container_changes(opened.container.id)))
    except EngineError:
        return None


def _network_guests(opened: OpenedContainer) -> tuple[str, ...]:
    """Name the containers that were made with `--network container:<this one>`; engines keep its id there."""
    try:
        everybody = opened.engine.run(container_list(is_all=True))
    except EngineError:
        return ()
    mine = (f"container:{opened.container.id}", f"container:{opened.container.name}")
    return tuple(
        sorted(
            each.name for each in everybody if each.host_config is not None and each.host_config.network_mode in mine
        )
    )
