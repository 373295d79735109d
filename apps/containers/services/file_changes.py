"""Renaming and deleting in a container that runs, by programs of its own."""

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.paths import folder_of, joined, name_or_refuse
from apps.containers.services.file_access import host_paths_hidden, is_unseen, stat_or_none
from apps.containers.services.file_exec import run, run_or_refuse
from apps.containers.services.file_upload import Exists
from apps.core.errors import InvalidInput
from apps.hosts.gate import OpenedContainer, open_container


def file_rename(actor: Actor, host_slug: str, ref: str, *, path: str, name: str) -> str:
    """Give a file or folder another name in its folder; its new path. Replaces nothing: raises Exists.

    Raises what the gate raises, Conflict when the container does not run, Refusal in the program's own words.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES_CHANGE) as opened, host_paths_hidden():
        name_or_refuse(name)
        _not_root(path)
        target = joined(folder_of(path), name)
        if target != path and _is_there(opened, target):
            raise Exists(name)
        run_or_refuse(opened, ["mv", "-n", "--", path, target])
        return target


def file_remove(actor: Actor, host_slug: str, ref: str, *, path: str) -> None:
    """Delete a file, or a folder with all that is in it. A link goes, what it leads to stays. Raises as file_rename."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES_CHANGE) as opened, host_paths_hidden():
        _not_root(path)
        run_or_refuse(opened, ["rm", "-rf", "--", path])


def _is_there(opened: OpenedContainer, path: str) -> bool:
    """Whether something bears this name; in memory only the container itself can tell."""
    if stat_or_none(opened, path) is not None:
        return True
    return is_unseen(opened, path) and run(opened, ["ls", "-d", "--", path]).exit_code == 0


def _not_root(path: str) -> None:
    if path == "/":
        raise InvalidInput(_("The root folder stays."), field="path")
