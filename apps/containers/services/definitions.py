"""What a container is made of, as texts of the form: kept, compared, edited, and made again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.containers.creation.building import build
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.writing import write
from apps.containers.services.replacing import Wanted
from apps.core.errors import Refusal
from apps.engine.api.images import image_inspect
from apps.engine.errors import NotFound
from apps.engine.types.images import ImageInspect
from apps.hosts.gate import OpenedContainer, OpenedEngine


@dataclass(frozen=True, slots=True)
class Definition:
    """Texts by field, without the name, and what no field holds and is carried along as it is."""

    values: dict[str, str]
    carried: dict[str, Any] = field(default_factory=dict)

    @property
    def image(self) -> str:
        """The reference that it is made from."""
        return self.values.get("image", "").strip()


@dataclass(frozen=True, slots=True)
class Defined:
    """A container's definition, what of it would be lost, and what is carried along without a field, in words.

    `image` is what it was made from (None: it is gone), `newest` what its reference names here now (None: nothing).
    """

    definition: Definition
    lost: tuple[str, ...]
    carried_words: tuple[str, ...]
    image: ImageInspect | None
    newest: ImageInspect | None


def definition_mark(definition: Definition) -> str:
    """Return what tells one definition from another. Its key keeps what a definition holds from being guessed."""
    text = json.dumps([definition.values, definition.carried], sort_keys=True)
    return salted_hmac("container definition", text, algorithm="sha256").hexdigest()


class NotMadeAgain(Refusal):
    """A definition that no container can be made from."""

    status = 409

    def __init__(self, name: str, faults: Iterable[str]) -> None:
        super().__init__(
            _("%(name)s cannot be re-created") % {"name": name},
            " ".join(faults),
            hint=_("Look at it on its page “Edit”."),
        )


def defined(opened: OpenedContainer) -> Defined:
    """Read a container's definition. Raises what the engine raises."""
    container = opened.container
    image = image_here(opened, container.image_id)
    reference = container.config.image
    newest = image if image is not None and reference == image.id else image_here(opened, reference)
    config = json.loads(image.raw).get("Config") if image is not None else None
    written = write(json.loads(container.raw), version=opened.engine.version, image=config, is_same=True)
    values = {name: text for name, text in written.values.items() if name != "name"}
    definition = Definition(values, written.carried)
    return Defined(definition, tuple(written.lost), tuple(written.carried_words), image, newest)


def image_here(opened: OpenedContainer | OpenedEngine, reference: str) -> ImageInspect | None:
    """Return the image that the engine has under a reference or id."""
    if not reference:
        return None
    try:
        return opened.engine.run(image_inspect(reference))
    except NotFound:
        return None


def wanted(opened: OpenedContainer, definition: Definition, *, image: str = "") -> Wanted:
    """Say what to make of a definition in the place of a container.

    `image` is an id to be used in place of the reference. Raises NotMadeAgain.
    """
    values = {**definition.values, "name": opened.container.name}
    if image:
        values["image"] = image
    built = build(values, version=opened.engine.version, carried=definition.carried)
    if built.spec is None:
        raise NotMadeAgain(
            opened.container.name, (f"{FIELDS[name].label}: {words}" for name, words in built.faults.items())
        )
    return Wanted(built.spec, built.platform, built.further_networks)
