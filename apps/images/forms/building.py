"""What is to be built, as a form."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.engine_form import EngineForm, needs_words
from apps.core.errors import InvalidInput
from apps.engine.types.build import BuildOptions
from apps.engine.version import ApiVersion
from apps.images.services.building import BuildWish
from apps.registries.references import parse

MIB = 1024 * 1024
MOST_FILES = 50
_PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "mono"}
_REMOTE = re.compile(r"(?:https?|git|ssh)://\S+|git@\S+:\S+|github\.com/\S+")
_ULIMIT = re.compile(r"(?P<name>[a-z]+)=(?P<soft>-?\d+)(?::(?P<hard>-?\d+))?")
_SINCE = {
    "build_args": ApiVersion(1, 21),
    "shm_size": ApiVersion(1, 22),
    "labels": ApiVersion(1, 23),
    "cache_from": ApiVersion(1, 25),
    "network_mode": ApiVersion(1, 25),
    "squash": ApiVersion(1, 25),
    "extra_hosts": ApiVersion(1, 28),
    "target": ApiVersion(1, 29),
    "platform": ApiVersion(1, 32),
}


def _text(label: Any, *, help_text: Any = "", most: int = 500) -> forms.CharField:
    widget = forms.TextInput(attrs=_PLAIN)
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most, widget=widget)


def _lines(label: Any, *, help_text: Any, rows: int = 2) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **_PLAIN})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=100_000, widget=widget)


def _number(label: Any, *, help_text: Any = "", least: int = 0, most: int = 2**31 - 1) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, required=False, min_value=least, max_value=most)


def _tick(label: Any, *, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


class BuildForm(EngineForm):
    """What `images/build/` takes. `source` says which of Dockerfile, archive and address counts."""

    engine_words = ()

    source = forms.ChoiceField(
        choices=[
            ("typed", gettext_lazy("Write a Dockerfile")),
            ("archive", gettext_lazy("Hand in a folder or an archive")),
            ("remote", gettext_lazy("Git or HTTP address")),
        ],
        widget=forms.RadioSelect,
        label=gettext_lazy("Built from"),
    )
    dockerfile_text = forms.CharField(
        label=gettext_lazy("Dockerfile"),
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "data-language": "dockerfile", **_PLAIN}),
    )
    archive = forms.FileField(
        label=gettext_lazy("Archive"),
        required=False,
        help_text=gettext_lazy(
            "A tar (plain, gz, bz2, xz) or a zip; .dockerignore counts. Or drop a folder into the frame."
        ),
    )
    remote = _text(
        gettext_lazy("Address"),
        most=2000,
        help_text=gettext_lazy("The engine fetches it: https://host/repo.git#branch:folder, a tar, a Dockerfile."),
    )
    tags = _lines(gettext_lazy("Names of the image"), help_text=gettext_lazy("One a line: shop/web:1.4"))
    dockerfile = _text(
        gettext_lazy("Path of the Dockerfile"),
        help_text=gettext_lazy("Inside what is handed in or fetched; empty: Dockerfile."),
    )
    target = _text(gettext_lazy("Stop at the stage"), help_text=gettext_lazy("A name after AS, or a number."))
    platform = _text(gettext_lazy("Platform"), help_text=gettext_lazy("Such as linux/amd64."))
    build_args = _lines(
        gettext_lazy("Build arguments"),
        help_text=gettext_lazy(
            "NAME=value, one a line. What looks like a secret is kept locked and masked in the output; in the "
            "image's history it can be read all the same."
        ),
    )
    labels = _lines(gettext_lazy("Labels"), help_text=gettext_lazy("name=value, one a line."))
    no_cache = _tick(gettext_lazy("Without the cache"))
    pull = _tick(gettext_lazy("Pull newer base images"))
    keep = _tick(gettext_lazy("Keep the containers of the steps"))
    force_remove = _tick(gettext_lazy("Remove them after a failure too"))
    squash = _tick(gettext_lazy("Squash into one layer"), help_text=gettext_lazy("Experimental engines only."))
    quiet = _tick(gettext_lazy("Say only the id"))
    cache_from = _lines(gettext_lazy("Images to take the cache from"), help_text=gettext_lazy("One a line."))
    network_mode = _text(gettext_lazy("Network"), help_text=gettext_lazy("Of RUN: default, none, host or a name."))
    extra_hosts = _lines(gettext_lazy("Further hosts"), help_text=gettext_lazy("name:address, one a line."))
    memory = _number(gettext_lazy("Memory, MiB"), least=4)
    memory_swap = _number(gettext_lazy("Memory and swap, MiB"), least=-1, help_text=gettext_lazy("-1: no limit."))
    shm_size = _number(gettext_lazy("Shared memory, MiB"), least=1)
    cpu_shares = _number(gettext_lazy("CPU shares"))
    cpu_period = _number(gettext_lazy("CPU period, µs"))
    cpu_quota = _number(gettext_lazy("CPU quota, µs"))
    cpuset_cpus = _text(gettext_lazy("On these CPUs"), help_text=gettext_lazy("Such as 0-3."))
    cpuset_mems = _text(gettext_lazy("On these memory nodes"))
    cgroup_parent = _text(gettext_lazy("Parent cgroup"))
    ulimits = _lines(gettext_lazy("Ulimits"), help_text=gettext_lazy("nofile=1024:4096, one a line."))

    def __init__(
        self,
        data: Any = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        initial: dict[str, Any] | None = None,
        version: ApiVersion,
    ) -> None:
        super().__init__(data, files, initial={"source": "typed", **(initial or {})}, label_suffix="")
        self.extra = files.getlist("files") if files is not None else []
        for name, since in _SINCE.items():
            if version < since:
                self.fields[name].disabled = True
                self.fields[name].help_text = needs_words(since, version)

    def clean_tags(self) -> tuple[str, ...]:
        return tuple(_checked(line, _reference) for line in _entries(self.cleaned_data["tags"]))

    def clean_cache_from(self) -> tuple[str, ...]:
        return _entries(self.cleaned_data["cache_from"])

    def clean_build_args(self) -> dict[str, str | None]:
        return dict(_checked(line, _argument) for line in _entries(self.cleaned_data["build_args"]))

    def clean_labels(self) -> dict[str, str]:
        pairs = (line.partition("=") for line in _entries(self.cleaned_data["labels"]))
        return {name.strip(): value for name, _equals, value in pairs}

    def clean_extra_hosts(self) -> tuple[str, ...]:
        return tuple(_checked(line, _host) for line in _entries(self.cleaned_data["extra_hosts"]))

    def clean_ulimits(self) -> tuple[dict[str, Any], ...]:
        return tuple(_checked(line, _ulimit) for line in _entries(self.cleaned_data["ulimits"]))

    def clean_remote(self) -> str:
        remote = str(self.cleaned_data["remote"]).strip()
        if self.data.get("source") == "remote" and not _REMOTE.fullmatch(remote):
            raise ValidationError(_("Write an address that begins with https://, http://, git:// or git@."))
        if _holds_secret(remote):
            raise ValidationError(_("The address holds a password or a token, which would be kept and shown."))
        return remote

    def clean(self) -> dict[str, Any]:
        read = self.cleaned_data
        source = read.get("source")
        if source == "typed" and not str(read.get("dockerfile_text") or "").strip():
            self.add_error("dockerfile_text", _("Write at least a line with FROM."))
        if source == "archive" and not read.get("archive") and "archive" not in self.errors:
            self.add_error("archive", _("Choose a file, or drop a folder."))
        if len(self.extra) > MOST_FILES:
            self.add_error(None, _("At most %(most)d files beside it; hand in a folder.") % {"most": MOST_FILES})
        if read.get("keep") and read.get("force_remove"):
            self.add_error("force_remove", _("Either keep the containers or remove them."))
        return read

    def wish(self) -> BuildWish:
        """What the service takes; only after validation."""
        read = self.cleaned_data
        source = read["source"]
        sizes: dict[str, Any] = {name: _bytes(read[name]) for name in ("memory", "memory_swap", "shm_size")}
        same = (
            "tags", "target", "platform", "build_args", "labels", "no_cache", "pull", "force_remove", "squash", "quiet",
            "cache_from", "network_mode", "extra_hosts", "cpu_shares", "cpu_period", "cpu_quota", "cpuset_cpus",
            "cpuset_mems", "cgroup_parent", "ulimits",
        )  # fmt: skip
        options = BuildOptions(
            **{name: read[name] for name in same},
            **sizes,
            remove=not read["keep"],
            remote=read["remote"] if source == "remote" else "",
            dockerfile="" if source == "typed" else read["dockerfile"].strip(),
        )
        if source != "typed":
            return BuildWish(options=options, archive=read["archive"] if source == "archive" else None)
        return BuildWish(options=options, dockerfile_text=read["dockerfile_text"], files=self.extra)


def initial_of(options: BuildOptions, dockerfile_text: str) -> dict[str, Any]:
    """A build as the texts of the form. Values of arguments that look secret are among them."""
    source = "remote" if options.remote else "typed" if dockerfile_text else "archive"
    return {
        "source": source,
        "dockerfile_text": dockerfile_text,
        "remote": options.remote,
        "dockerfile": options.dockerfile,
        "tags": "\n".join(options.tags),
        "build_args": "\n".join(
            name if value is None else f"{name}={value}" for name, value in options.build_args.items()
        ),
        "labels": "\n".join(f"{name}={value}" for name, value in options.labels.items()),
        "cache_from": "\n".join(options.cache_from),
        "extra_hosts": "\n".join(options.extra_hosts),
        "ulimits": "\n".join(f"{each['Name']}={each['Soft']}:{each['Hard']}" for each in options.ulimits),
        "keep": not options.remove,
        "memory": _mebibytes(options.memory),
        "memory_swap": _mebibytes(options.memory_swap),
        "shm_size": _mebibytes(options.shm_size),
        **{
            name: getattr(options, name)
            for name in (
                "target", "platform", "no_cache", "pull", "force_remove", "squash", "quiet", "network_mode",
                "cpu_shares", "cpu_period", "cpu_quota", "cpuset_cpus", "cpuset_mems", "cgroup_parent",
            )
        },
    }  # fmt: skip


def _holds_secret(remote: str) -> bool:
    """Whether a password or a token stands in front of the host. A user alone is how ssh is asked."""
    scheme, separator, rest = remote.partition("://")
    user, at, _host = rest.partition("/")[0].rpartition("@")
    return bool(separator and at) and (scheme.startswith("http") or ":" in user)


def _entries(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(text or "").splitlines() if line.strip())


def _checked(line: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(line)
    except InvalidInput as exc:
        raise ValidationError(f"{exc.title} {exc.detail}".strip()) from exc
    except ValueError as exc:
        raise ValidationError(_("“%(line)s” cannot be read.") % {"line": line[:120]}) from exc


def _reference(line: str) -> str:
    found = parse(line)
    if found.digest:
        raise InvalidInput(_("“%(line)s” has a digest.") % {"line": line[:120]}, _("A name is given with a tag only."))
    return found.familiar


def _argument(line: str) -> tuple[str, str | None]:
    name, equals, value = line.partition("=")
    if not name.strip() or any(character.isspace() for character in name.strip()):
        raise ValueError(line)
    return name.strip(), value if equals else None


def _host(line: str) -> str:
    name, colon, address = line.partition(":")
    if not name or not colon or (address != "host-gateway" and not ipaddress.ip_address(address.strip("[]"))):
        raise ValueError(line)
    return line


def _ulimit(line: str) -> dict[str, Any]:
    found = _ULIMIT.fullmatch(line)
    if found is None:
        raise ValueError(line)
    return {"Name": found["name"], "Soft": int(found["soft"]), "Hard": int(found["hard"] or found["soft"])}


def _bytes(mebibytes: int | None) -> int | None:
    return mebibytes if mebibytes is None or mebibytes < 0 else mebibytes * MIB


def _mebibytes(size_bytes: int | None) -> int | None:
    return size_bytes if size_bytes is None or size_bytes < 0 else size_bytes // MIB
