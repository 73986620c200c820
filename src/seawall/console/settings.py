"""Django's settings: what differs is in the environment.

* SEAWALL_HOME          the folder of everything that is kept (default: seawall-home in the current folder)
* SEAWALL_DATABASE      sqlite:///PATH or postgres://user:password@host:port/name (default: SQLite in SEAWALL_HOME)
* SEAWALL_SECRET_FILE   a file with the secret; else SEAWALL_SECRET; else the file `secret` in SEAWALL_HOME
* SEAWALL_HOSTS         host names that the console answers to, with commas between (default: this machine's)
* SEAWALL_ZONE          the zone in which a day of quotas and exposure begins (default: UTC)
* SEAWALL_CONFIG        seawall.toml, whose [effects] names sinks and quotas (default: in the current folder)
* SEAWALL_PLAIN_HTTP    1 where the console is reached without TLS, on this machine only

There is no default secret: without one, Django refuses to sign anything.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from seawall.cases.databases import database_from

HOME = Path(os.environ.get("SEAWALL_HOME", "seawall-home")).absolute()
PLAIN_HTTP = os.environ.get("SEAWALL_PLAIN_HTTP") == "1"
AUDIT_FOLDER = HOME / "audit"
CONFIGURATION = Path(os.environ.get("SEAWALL_CONFIG", "seawall.toml"))
DAY_ZONE = os.environ.get("SEAWALL_ZONE", "UTC")


def _secret() -> str:
    named = os.environ.get("SEAWALL_SECRET_FILE")
    file = Path(named) if named else HOME / "secret"
    if named or (file.is_file() and "SEAWALL_SECRET" not in os.environ):
        return file.read_text("utf-8").strip()
    return os.environ.get("SEAWALL_SECRET", "")


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SEAWALL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = {"default": database_from(os.environ.get("SEAWALL_DATABASE", f"sqlite:///{HOME}/seawall.db"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "seawall.effects",
    "seawall.cases",
    "seawall.console",
    *(["seawall.disclosures"] if find_spec("seawall.disclosures") else []),
]
MIDDLEWARE = [
    "seawall.console.headers.strict_headers",
    "django.middleware.security.SecurityMiddleware",
    "seawall.console.static_files.WholeFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "seawall.console.urls"
ASGI_APPLICATION = "seawall.console.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "seawall.console.frame.frame",
            ]
        },
    }
]
AUTH_USER_MODEL = "cases.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "pseudonym")},
    },
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

SESSION_ENGINE = "seawall.console.sessions"
SESSION_COOKIE_NAME = "seawall" if PLAIN_HTTP else "__Host-seawall"
CSRF_COOKIE_NAME = "seawall-form" if PLAIN_HTTP else "__Host-seawall-form"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 86_400
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer, browsers hide the origin that forms are checked by
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [Path(__file__).parent / "locale"]
STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = True
"""Served from the package itself: nothing is collected, nothing can be forgotten."""
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
