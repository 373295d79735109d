"""A registry asked for its repositories, tags and manifests, and to delete.

The credentials are shown when the registry asks for them, to it (Basic) or to whom it takes tokens from (Bearer).
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from django.utils.translation import gettext as _

from apps.registries.credentials import Credentials
from apps.registries.errors import RegistryFailure, Why
from apps.registries.references import is_digest
from apps.registries.v2 import answers
from apps.registries.v2.challenges import Challenge, challenge_of, may_tokens_come_from
from apps.registries.v2.manifests import ACCEPT, Manifest, manifest_of
from apps.registries.v2.transport import LIST_BYTES, MANIFEST_BYTES, Answer, Transport

CLIENT_ID = "dockerweb"


@dataclass(frozen=True, slots=True)
class Names:
    """A page of names. `more_after` is the name after which the next page begins, "" on the last."""

    names: tuple[str, ...]
    more_after: str = ""


class RegistryClient:
    """One registry for the time of one page. Safe in several threads; every method raises RegistryFailure."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._root = credentials.address.root
        self._transport = Transport(self._root, authorities=credentials.authorities)
        self._lock = threading.Lock()
        self._authorizations: dict[str, str] = {}
        """By scope; Basic counts for every scope and stands under "*"."""

    def __enter__(self) -> RegistryClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def repositories(self, *, count: int, after: str = "") -> Names:
        """List repositories. Docker Hub and some others do not offer this: RegistryFailure(Why.NOT_OFFERED)."""
        if self._credentials.address.is_hub:
            raise answers.no_catalogue()
        query = urlencode({"n": count, **({"last": after} if after else {})})
        answer = self._asked("GET", f"/v2/_catalog?{query}", scope="registry:catalog:*", most_bytes=LIST_BYTES)
        if answer.status in (401, 403, 404, 405) and not answers.is_about_credentials(answer, is_known=self._is_known):
            raise answers.no_catalogue()
        return self._names(answer, "repositories", count=count, after=after)

    def tags(self, repository: str, *, count: int, after: str = "") -> Names:
        """List the tags of a repository, in the registry's own order."""
        query = urlencode({"n": count, **({"last": after} if after else {})})
        answer = self._asked(
            "GET", f"/v2/{_path(repository)}/tags/list?{query}", scope=_pulling(repository), most_bytes=LIST_BYTES
        )
        return self._names(answer, "tags", count=count, after=after)

    def manifest(self, repository: str, reference: str) -> Manifest:
        """Read the manifest that a tag or digest names."""
        answer = self._manifest("GET", repository, reference)
        self._check(answer)
        read = manifest_of(
            answer.body, media_type=answer.header("content-type"), digest=answer.header("docker-content-digest")
        )
        if read is None:
            raise answers.strange(self._host, _("a manifest was expected"))
        return read

    def digest(self, repository: str, tag: str) -> str:
        """The digest of what a tag names, without reading it where the registry tells by itself."""
        answer = self._manifest("HEAD", repository, tag)
        self._check(answer)
        told = answer.header("docker-content-digest")
        return told if is_digest(told) else self.manifest(repository, tag).digest

    def delete(self, repository: str, digest: str) -> None:
        """Delete a manifest, and with it every tag that names it."""
        target = f"/v2/{_path(repository)}/manifests/{quote(digest, safe=':')}"
        scope = f"repository:{repository}:pull,push,delete"
        answer = self._asked("DELETE", target, scope=scope, most_bytes=LIST_BYTES)
        if answer.status in (400, 405) and (answer.status == 405 or "UNSUPPORTED" in answers.codes_of(answer)):
            raise answers.no_deletion(self._host)
        self._check(answer)

    @property
    def _host(self) -> str:
        return self._credentials.address.host

    @property
    def _is_known(self) -> bool:
        return bool(self._credentials.password or self._credentials.identity_token)

    def _manifest(self, method: str, repository: str, reference: str) -> Answer:
        target = f"/v2/{_path(repository)}/manifests/{quote(reference, safe=':')}"
        return self._asked(method, target, scope=_pulling(repository), most_bytes=MANIFEST_BYTES, accept=ACCEPT)

    def _check(self, answer: Answer, *, host: str = "") -> None:
        failure = answers.failure_of(answer, host=host or self._host, is_known=self._is_known)
        if failure is not None:
            words = self._credentials.absent_from(failure.detail)
            raise RegistryFailure(failure.why, failure.title, words, hint=failure.hint)

    def _names(self, answer: Answer, member: str, *, count: int, after: str) -> Names:
        self._check(answer)
        read = answers.json_of(answer, host=self._host)
        listed = read.get(member)
        names = [name for name in listed or [] if isinstance(name, str)] if isinstance(listed, list | None) else []
        if after and after in names:  # a registry that pages nothing answers with all of them each time
            names = names[names.index(after) + 1 :]
        shown = tuple(names[:count])
        has_more = len(names) > count or _has_next(answer.header("link"))
        return Names(shown, shown[-1] if shown and has_more else "")

    def _asked(
        self, method: str, target: str, *, scope: str, most_bytes: int, accept: str = "application/json"
    ) -> Answer:
        """Ask; once more with credentials when the registry wants some that were not shown yet."""
        headers = {"Accept": accept}
        with self._lock:
            known = self._authorizations.get(scope) or self._authorizations.get("*")
        if known:
            headers["Authorization"] = known
        answer = self._transport.ask(method, target, headers=headers, most_bytes=most_bytes)
        if answer.status != 401 or (known or "").startswith("Basic "):
            return answer
        authorization = self._authorization(challenge_of(answer.header("www-authenticate")), scope=scope)
        if not authorization:
            return answer
        headers["Authorization"] = authorization
        return self._transport.ask(method, target, headers=headers, most_bytes=most_bytes)

    def _authorization(self, challenge: Challenge | None, *, scope: str) -> str:
        """What to answer a challenge with, "" when there is nothing."""
        if challenge is None:
            return ""
        if challenge.scheme == "basic":
            if not self._credentials.password:
                return ""
            scope, authorization = "*", _basic(self._credentials)
        elif challenge.scheme == "bearer":
            authorization = f"Bearer {self._token(challenge, scope=challenge.scope or scope)}"
        else:
            return ""
        with self._lock:
            self._authorizations[scope] = authorization
        return authorization

    def _token(self, challenge: Challenge, *, scope: str) -> str:
        realm = challenge.realm
        if not may_tokens_come_from(realm, root=self._root):
            raise RegistryFailure(
                Why.STRANGE,
                _("The registry sends us elsewhere for a token."),
                _("Credentials go to it alone, or by https to whom it names; it names “%(realm)s”.")
                % {"realm": self._credentials.absent_from(realm)[:200]},
            )
        place = urlsplit(realm)
        root, path = f"{place.scheme}://{place.netloc}", place.path or "/"
        asked = [("service", challenge.service), *(("scope", part) for part in scope.split(" ") if part)]
        transport = (
            Transport(root, authorities=self._credentials.authorities) if root != self._root else self._transport
        )
        try:
            if self._credentials.identity_token:
                fields = [
                    *asked, ("grant_type", "refresh_token"), ("client_id", CLIENT_ID),
                    ("refresh_token", self._credentials.identity_token),
                ]  # fmt: skip
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                target = f"{path}?{place.query}" if place.query else path
                answer = transport.ask(
                    "POST", target, headers=headers, body=urlencode(fields).encode(), most_bytes=LIST_BYTES
                )
            else:
                headers = {}
                if self._credentials.password:
                    headers["Authorization"] = _basic(self._credentials)
                    asked.append(("account", self._credentials.username))
                target = f"{path}?{urlencode([*parse_qsl(place.query), *asked])}"
                answer = transport.ask("GET", target, headers=headers, most_bytes=LIST_BYTES)
        finally:
            if transport is not self._transport:
                transport.close()
        self._check(answer, host=transport.host)
        read = answers.json_of(answer, host=transport.host)
        token = read.get("token") or read.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise answers.strange(transport.host, _("a token was expected"))
        return token


def _basic(credentials: Credentials) -> str:
    pair = f"{credentials.username}:{credentials.password}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _path(repository: str) -> str:
    return quote(repository, safe="/")


def _pulling(repository: str) -> str:
    return f"repository:{repository}:pull"


def _has_next(link: str) -> bool:
    """Whether a Link header tells of a next page. Its address is not followed: the last name says where to go on."""
    return 'rel="next"' in link or "rel=next" in link
