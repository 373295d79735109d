"""What this app refuses, in words."""

from django.utils.translation import gettext as _

from apps.core.errors import Refusal, RefusedAtForm

__all__ = ["ContainerStartFailed", "NameTaken", "RefusedAtForm"]


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


class NameTaken(RefusedAtForm):
    """Another container bears the name. `holder_id` and `holder_name` say which ("" when it cannot be told)."""

    field = "name"

    def __init__(self, name: str, *, holder_id: str, holder_name: str) -> None:
        self.holder_id = holder_id
        self.holder_name = holder_name
        holder = f"{holder_name} ({holder_id[:12]})" if holder_name else holder_id[:12]
        words = _("The name %(name)s is taken by %(holder)s.") if holder else _("The name %(name)s is taken.")
        super().__init__(_("This name is taken"), words % {"name": name, "holder": holder})
