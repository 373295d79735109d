"""What can be done here, as names. Every page, socket and command asks for exactly one of them."""

from enum import StrEnum


class Action(StrEnum):
    """`<thing>.<verb>`."""

    HOST_VIEW = "host.view"
    CONTAINER_LIST = "container.list"
    CONTAINER_VIEW = "container.view"
    CONTAINER_LOGS = "container.logs"
    CONTAINER_STATS = "container.stats"
    CONTAINER_PROCESSES = "container.processes"
    CONTAINER_CHANGES = "container.changes"
    """See which files differ from the image."""
    EVENTS_VIEW = "events.view"
    CONTAINER_ENV = "container.env"
    """See the values of environment variables."""
    CONTAINER_OPERATE = "container.operate"
    """Start, stop, restart, kill, pause, unpause."""
    CONTAINER_CREATE = "container.create"
    """Make a container of any kind, which on an engine is as much as being root."""
    IMAGE_PULL = "image.pull"
    CONTAINER_REMOVE = "container.remove"
    CONTAINER_ATTACH = "container.attach"
    CONTAINER_EXEC = "container.exec"
    CONTAINER_FILES = "container.files"
    """Look into folders, read and download files."""
    CONTAINER_FILES_CHANGE = "container.files_change"
    """Upload, make folders, rename, delete."""
