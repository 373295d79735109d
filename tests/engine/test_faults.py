from __future__ import annotations

import errno
import socket
import ssl

import pytest

from apps.engine.endpoint import Endpoint
from apps.engine.errors import EngineError, Reason, Unreachable
from apps.engine.faults import reason_of, unreachable

ENDPOINT = Endpoint.parse("unix:///run/docker.sock")


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), Reason.NO_SOCKET),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory"), Reason.NO_SOCKET),
        (PermissionError(errno.EACCES, "Permission denied"), Reason.PERMISSION),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), Reason.REFUSED),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Reason.REFUSED),
        (TimeoutError("timed out"), Reason.TIMEOUT),
        (OSError(errno.ETIMEDOUT, "Connection timed out"), Reason.TIMEOUT),
        (ssl.SSLCertVerificationError("certificate verify failed"), Reason.TLS),
        (ssl.SSLError("wrong version number"), Reason.TLS),
        (socket.gaierror(-2, "Name or service not known"), Reason.DNS),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), Reason.LOST),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), Reason.LOST),
        (RuntimeError("what else"), Reason.LOST),
    ],
)
def test_complaints_of_the_system_become_reasons(complaint: Exception, reason: Reason) -> None:
    assert reason_of(complaint)[0] is reason


def test_a_reason_is_found_below_any_wrapping() -> None:
    wrapped = RuntimeError("connection pool", ConnectionError("aborted"))
    wrapped.__cause__ = ValueError("retries", FileNotFoundError(errno.ENOENT, "No such file"))
    assert reason_of(wrapped)[0] is Reason.NO_SOCKET


def test_wrappings_that_lead_back_to_themselves_end() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert reason_of(one)[0] is Reason.LOST


def test_once_connected_a_failure_is_a_loss() -> None:
    error = unreachable(ENDPOINT, ConnectionRefusedError(), operation="ContainerList", is_connected=True)
    assert error.reason is Reason.LOST
    assert error.operation == "ContainerList"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_and_a_hint(reason: Reason) -> None:
    error = Unreachable(ENDPOINT, reason, "detail")
    assert isinstance(error, EngineError)
    assert str(error).endswith(" (detail).")
    assert "unix:///run/docker.sock" in str(error)
    assert error.hint.endswith(".")
