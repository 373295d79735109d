"""TLS towards an engine: certificates as Docker's own clients lay them out (ca.pem, cert.pem, key.pem)."""

from __future__ import annotations

import ssl

from apps.engine.endpoint import Endpoint, TlsFiles
from apps.engine.errors import Reason, Unreachable


def tls_context(endpoint: Endpoint) -> ssl.SSLContext | None:
    """Return the context for an endpoint, None when it is not encrypted.

    Raise Unreachable (Reason.TLS) when a file is missing or unreadable as PEM.
    """
    if endpoint.tls is None:
        return None
    try:
        return _context(endpoint.tls)
    except (OSError, ssl.SSLError) as exc:
        raise Unreachable(endpoint, Reason.TLS, f"certificate files: {exc.strerror or exc}") from exc


def _context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=files.ca) if files.is_verified else _unverified()
    # From Python 3.13 on authorities without a key usage are refused, such as those of Docker's own instructions.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 refuses a CA without a key usage extension, which is what Docker's own instructions make.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if files.cert is not None:
        context.load_cert_chain(files.cert, files.key)
    return context


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
