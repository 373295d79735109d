"""What templates say about sizes, times, icons and socket addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """The icon `name` from the sprite; decoration only, so readers are told nothing."""
    return _svg(name, css_class, static("dist/icons.svg"))


@lru_cache(maxsize=512)  # a page holds some forty, always the same
def _svg(name: str, css_class: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {css_class}".strip(),
        sprite,
        name,
    )


@register.simple_tag(takes_context=True)
def socket_url(context: template.Context, path: str) -> str:
    """The path of a WebSocket: `hosts/local/events/` → `/ws/hosts/local/events/`, below the sub-path we live at."""
    request: HttpRequest = context["request"]
    prefix = request.path.removesuffix(request.path_info) if request.path_info else ""
    return f"{prefix}/ws/{path.lstrip('/').removeprefix('ws/')}"


@register.filter
def size(value: float | None) -> str:
    """Bytes in decimal units with three figures, as the docker command line does: `1536` → `1.54 kB`."""
    if value is None:
        return "–"
    amount = float(value)
    for unit in SIZE_UNITS:
        if abs(amount) < 999.5 or unit == SIZE_UNITS[-1]:
            break
        amount /= 1000
    text = f"{amount:.0f}" if unit == "B" else f"{amount:.3g}"
    return f"{text} {unit}" if "e" not in text else f"{amount:.0f} {unit}"


@register.filter
def span(value: timedelta | float | None) -> str:
    """A length of time (or its seconds) in its greatest unit: `3 hours`."""
    if value is None:
        return "–"
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    seconds = max(seconds, 0)
    if seconds < 60:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    if seconds < 3600:
        return ngettext("%d minute", "%d minutes", seconds // 60) % (seconds // 60)
    if seconds < 2 * 86400:
        return ngettext("%d hour", "%d hours", seconds // 3600) % (seconds // 3600)
    if seconds < 14 * 86400:
        return ngettext("%d day", "%d days", seconds // 86400) % (seconds // 86400)
    if seconds < 60 * 86400:
        return ngettext("%d week", "%d weeks", seconds // 604800) % (seconds // 604800)
    if seconds < 2 * 365 * 86400:
        return ngettext("%d month", "%d months", seconds // 2592000) % (seconds // 2592000)
    return ngettext("%d year", "%d years", seconds // 31536000) % (seconds // 31536000)


def age_words(seconds: float) -> str:
    """A length of time in one short unit, as static/js/lib/clock.js says it."""
    if seconds < 1:
        return _("just now")
    if seconds < 60:
        return _("{n} s").format(n=int(seconds))
    if seconds < 3600:
        return _("{n} min").format(n=int(seconds / 60))
    if seconds < 86_400 * 2:
        return _("{n} h").format(n=int(seconds / 3600))
    return _("{n} d").format(n=int(seconds / 86_400))


def _moment(value: datetime | float | str | None) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(_microseconds(value))
        except ValueError:
            return None
    elif isinstance(value, int | float):
        try:
            value = datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):  # an image may say that it was made in the year 0, or in 10000
            return None
    if value is None or value.year <= 1:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _microseconds(text: str) -> str:
    """An engine's nine digits of fraction, cut to the six that Python reads."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"


@register.filter
def age(value: datetime | float | str | None) -> str:
    """How long ago a moment was (datetime, Unix seconds, or an engine's RFC 3339 text): `3 hours`."""
    moment = _moment(value)
    return _("never") if moment is None else span(datetime.now(UTC) - moment)


@register.filter
def clock(value: datetime | float | str | None) -> SafeString | str:
    """A `<time>` element; static/js/lib/clock.js puts it in the reader's zone. Empty for a moment that never was."""
    moment = _moment(value)
    if moment is None:
        return "–"
    iso = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return format_html('<time datetime="{}">{}</time>', iso, moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"))
