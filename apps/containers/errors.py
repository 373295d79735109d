"""What this app refuses, in words."""

from django.utils.translation import gettext as _

from apps.core.errors import Refusal


class ContainerStartFailed(Refusal):
    """The engine took the order and the container did not come up. `exit_code` is 126 to 128 for a bad command."""

    status = 409

    def __init__(self, name: str, reason: str, *, exit_code: int) -> None:
        self.exit_code = exit_code
        hints = {
            126: _("Exit code 126: the command exists in the image but cannot be executed."),
            127: _("Exit code 127: the command was not found in the image."),
            128: _("Exit code 128: the engine could not prepare the container (network, ports, mounts)."),
        }
        super().__init__(_("%(name)s did not start") % {"name": name}, reason, hint=hints.get(exit_code, ""))
