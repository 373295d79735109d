"""Readers of environment settings that fail loudly: a value that cannot be meant stops the start, with its name.

Every secret `NAME` may come from a file instead, named by `NAME_FILE`; both at once is refused.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


class SettingError(Exception):
    """A setting cannot be what somebody meant; the text names it and says what would be right."""


class Environment:
    """The process environment, read by kind. An empty value counts as absent."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.known: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self.known.add(name)
        return self._values.get(name, "").strip() or default

    def secret(self, name: str) -> str | None:
        """The value of `name`, or the content of the file that `NAME_FILE` names (less its last newline), or None."""
        file_name = f"{name}_FILE"
        value, path = self.text(name), self.text(file_name)
        if value and path:
            raise SettingError(f"{name} and {file_name} are both set; keep one of them.")
        if not path:
            return value or None
        try:
            content = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as exc:
            raise SettingError(f"{file_name} names {path}, which cannot be read: {exc}") from exc
        if not content:
            raise SettingError(f"{file_name} names {path}, which is empty.")
        return content

    def redis(self, name: str) -> str:
        """The address of a Redis, which may hold its password; empty for none."""
        address = self.secret(name) or ""
        if address and not address.startswith(("redis://", "rediss://", "unix://")):
            raise SettingError(f"{name} is no address of a Redis; it looks like redis://user:password@host:6379/0.")
        return address

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value in YES:
            return True
        if value in NO:
            return False
        raise SettingError(f"{name} is {value!r}; say 1 or 0.")

    def integer(self, name: str, *, default: int, minimum: int, maximum: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()) or not minimum <= int(value) <= maximum:
            raise SettingError(f"{name} is {value!r}; it takes a whole number from {minimum} to {maximum}.")
        return int(value)

    def words(self, name: str) -> list[str]:
        """Several values, apart by commas or blanks."""
        return self.text(name).replace(",", " ").split()

    def path(self, name: str, *, default: Path) -> Path:
        value = self.text(name)
        return Path(value).expanduser().absolute() if value else default

    def origins(self, name: str) -> list[str]:
        """Exact web origins, `https://docker.example.com` or `http://10.0.0.5:8000`, without a path."""
        return [_origin(name, word) for word in self.words(name)]

    def hosts(self, name: str) -> list[str]:
        """Host names that browsers may use; a wildcard for everything is refused (DNS rebinding)."""
        words = self.words(name)
        for word in words:
            if word == "*" or "/" in word:
                raise SettingError(f"{name} holds {word!r}; list the host names, without scheme, port or '*'.")
        return words

    def networks(self, name: str) -> list[str]:
        """Addresses or networks of proxies; never everything."""
        words = self.words(name)
        for word in words:
            try:
                network = ipaddress.ip_network(word, strict=False)
            except ValueError as exc:
                raise SettingError(f"{name} holds {word!r}; list addresses or networks such as 10.0.0.0/8.") from exc
            if network.prefixlen == 0:
                raise SettingError(f"{name} holds {word!r}, which trusts everybody; name the proxy's address.")
        return words

    def prefix(self, name: str) -> str:
        """A sub-path such as `/docker`, kept without its last slash; empty for none."""
        value = self.text(name)
        if not value or value == "/":
            return ""
        if not value.startswith("/") or "//" in value or any(mark in value for mark in "?# \\"):
            raise SettingError(f"{name} is {value!r}; it takes a path such as /docker.")
        return value.rstrip("/")

    def unknown(self, beginning: str) -> list[str]:
        """Names with this beginning that nothing has read: most likely typing errors."""
        return sorted(name for name in self._values if name.startswith(beginning) and name not in self.known)


def _origin(name: str, word: str) -> str:
    try:
        parts = urlsplit(word)
        port = parts.port
    except ValueError as exc:
        raise SettingError(f"{name} holds {word!r}: {exc}") from exc
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingError(f"{name} holds {word!r}; an origin looks like https://docker.example.com.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_default_port = port in (None, {"http": 80, "https": 443}[parts.scheme])
    return f"{parts.scheme}://{host}" if is_default_port else f"{parts.scheme}://{host}:{port}"


def kept_secret_key(directory: Path) -> str:
    """The signing key kept below `directory`, made on the first start, readable by its owner alone."""
    path = directory / "secret-key"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as exc:
        raise SettingError(f"DOCKERWEB_DATA is {directory}, where nothing can be written: {exc}") from exc
    else:
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_urlsafe(64))
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingError(f"The secret key {path} cannot be read: {exc}") from exc
    if len(key) < 32:
        raise SettingError(f"The secret key {path} is too short to be one; remove the file to get a new one.")
    return key
