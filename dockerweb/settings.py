"""Everything that can be set, read once from the environment. docs/settings.md lists the names for people."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from dockerweb.env import Environment, kept_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

# ---- where things are kept
DATA_DIR = env.path("DOCKERWEB_DATA", default=BASE_DIR / "var" / "data")
SECRET_KEY = env.secret("DOCKERWEB_SECRET_KEY") or kept_secret_key(DATA_DIR)
DEBUG = env.boolean("DOCKERWEB_DEBUG", default=False)

# ---- where it is reached
BIND = env.text("BIND", "127.0.0.1")
PORT = env.integer("PORT", default=8000, minimum=0, maximum=65535)
PREFIX = env.prefix("DOCKERWEB_PREFIX")
ORIGINS = env.origins("DOCKERWEB_ORIGINS")
TRUSTED_PROXIES = env.networks("DOCKERWEB_TRUSTED_PROXIES")
IS_HTTPS = env.boolean(
    "DOCKERWEB_HTTPS", default=bool(ORIGINS) and all(origin.startswith("https://") for origin in ORIGINS)
)
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *([BIND] if BIND not in {"0.0.0.0", "::", "127.0.0.1", "localhost"} else []),  # noqa: S104 - compared, not bound
    *([socket.gethostname().lower()] if BIND in {"0.0.0.0", "::"} else []),  # noqa: S104
    *env.hosts("DOCKERWEB_HOSTS"),
    *(str(urlsplit(origin).hostname) for origin in ORIGINS),
]
CSRF_TRUSTED_ORIGINS = list(ORIGINS)
FORCE_SCRIPT_NAME = PREFIX or None

# ---- limits
MAX_BODY_BYTES = env.integer("DOCKERWEB_MAX_BODY_BYTES", default=2**20, minimum=2**16, maximum=2**30)
SOCKETS_PER_USER = env.integer("DOCKERWEB_SOCKETS_PER_USER", default=100, minimum=1, maximum=100_000)
SOCKETS_AT_ONCE = env.integer("DOCKERWEB_SOCKETS", default=500, minimum=1, maximum=1_000_000)
UPLOAD_MAX_BYTES = env.integer("DOCKERWEB_UPLOAD_MAX_BYTES", default=2**33, minimum=2**16, maximum=2**40)
SPOOL_MAX_BYTES = env.integer("DOCKERWEB_SPOOL_MAX_BYTES", default=2**33, minimum=2**16, maximum=2**44)
SAVED_MAX_BYTES = env.integer("DOCKERWEB_SAVED_MAX_BYTES", default=2**35, minimum=2**20, maximum=2**50)
ACTIVITY_OUTPUT_MAX_BYTES = env.integer(
    "DOCKERWEB_ACTIVITY_OUTPUT_MAX_BYTES", default=2**26, minimum=2**20, maximum=2**40
)
ACTIVITY_KEEP_DAYS = env.integer("DOCKERWEB_ACTIVITY_KEEP_DAYS", default=30, minimum=1, maximum=36_500)
ACTIVITY_KEEP_COUNT = env.integer("DOCKERWEB_ACTIVITY_KEEP_COUNT", default=500, minimum=10, maximum=1_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = max(MAX_BODY_BYTES, 3 * 2**20)  # an edited text; what may come at all, the gate decides
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "spool"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# ---- the first admin (read once by the start; see apps.accounts.services)
FIRST_ADMIN_NAME = env.text("DOCKERWEB_ADMIN_USER")
FIRST_ADMIN_PASSWORD = env.secret("DOCKERWEB_ADMIN_PASSWORD")
SETUP_LINK_LIFE_S = 15 * 60

# ---- the program
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "apps.core",
    "apps.accounts",
    "apps.access",
    "apps.hosts",
    "apps.registries",
    "apps.activities",
    "apps.containers",
    "apps.images",
    "apps.terminals",
]
MIDDLEWARE = [
    "apps.core.middleware.ReplyHeaders",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.core.middleware.FetchSite",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.SignedIn",
    "apps.core.middleware.Problems",
]
ROOT_URLCONF = "dockerweb.urls"
ASGI_APPLICATION = "dockerweb.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context.actor",
                "apps.hosts.context.hosts",
            ],
        },
    }
]
# Several processes on one data folder wake each other by Redis; one process needs none.
REDIS_URL = env.redis("REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "dockerweb"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "dockerweb.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;",
        },
    }
}

# ---- words and times
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---- files for the browser (served by dockerweb.statics, no collecting step)
STATIC_URL = f"{PREFIX}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "dockerweb.statics.FingerprintedFiles"},
}

# ---- cookies and headers
_MARK = "" if not IS_HTTPS else ("__Secure-" if PREFIX else "__Host-")
SESSION_COOKIE_NAME = f"{_MARK}dockerweb"
SESSION_COOKIE_PATH = f"{PREFIX}/"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
# To redirect to https, and what other names of the domain do, is the business of who runs the proxy and the domain.
# The folder for uploads is made when the first one is let in (dockerweb.uploads).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021", "files.E001"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---- signing in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "apps.accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = f"{PREFIX}/"
ACCOUNT_ADAPTER = "apps.accounts.adapter.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = f"{PREFIX}/accounts/login/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "apps.accounts.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Dockerweb"
MFA_TOTP_TOLERANCE = 1
# Browsers offer passkeys on http for localhost alone; everywhere else they ask for https by themselves.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# ---- what is written to the console
LOG_LEVEL = env.text("DOCKERWEB_LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"apps": {"level": LOG_LEVEL}, "dockerweb": {"level": LOG_LEVEL}},
}

# ---- names that look like settings and are none: the start mentions them
UNKNOWN_SETTINGS = env.unknown("DOCKERWEB_")
