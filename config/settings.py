"""Every setting, in one file. What an operator chooses comes from the environment, typed.

The names read here are described in ``docs/operating.md``; an unknown ``DROITFIL_…`` name or an
unknown value stops the process with a French sentence that says what would be right.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from droitfil.lib import clamd, logs, postgres
from droitfil.lib.environment import BadEnvironment, Environment

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = BASE_DIR / ".droitfil"  # what this checkout keeps: private database, demo secret

#: Where `droitfil serve` serves when nothing else is asked.
DEMO_ADDRESS = "http://localhost:8000"
#: Read elsewhere: by the lawbook, by the tests.
READ_ELSEWHERE = ("DROITFIL_LAW", "DROITFIL_NO_SKIP")


def _demo_secret() -> str:
    """The secret of a checkout that was given none: made once, readable by its owner only."""
    path = STATE_DIR / "secret-key"
    try:
        STATE_DIR.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            # Whole under another name first: two processes may begin together.
            fresh = STATE_DIR / f"secret-key.{os.getpid()}"
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(60))
            with suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        return path.read_text(encoding="utf-8").strip()
    except PermissionError as error:
        raise BadEnvironment(
            f"{error.filename} n'est pas accessible à ce compte : un autre s'en est servi d'abord. "
            "Servez-vous du même compte, ou donnez DROITFIL_SECRET_KEY et DATABASE_URL."
        ) from error


def _read(env: Environment) -> dict[str, Any]:
    """What the operator chose. :raises BadEnvironment: for what cannot be."""
    kind = env.choice("DROITFIL_ENV", ("demo", "development", "test", "production"), default="demo")
    production = kind == "production"
    secret = env.secret("DROITFIL_SECRET_KEY")
    if production and len(secret) < 50:
        raise BadEnvironment(
            "DROITFIL_SECRET_KEY (ou DROITFIL_SECRET_KEY_FILE) doit tenir au moins 50 caractères "
            "tirés au hasard. Pour en tirer une : python3 -c 'import secrets; "
            "print(secrets.token_urlsafe(60))'."
        )
    hosts = env.words("DROITFIL_HOSTS")
    if production and (not hosts or "*" in hosts):
        raise BadEnvironment(
            "DROITFIL_HOSTS doit nommer les domaines servis, séparés par des virgules (jamais *)."
        )
    if not secret:
        secret = secrets.token_urlsafe(60) if kind == "test" else _demo_secret()
    database = env.database("DATABASE_URL")
    if production and database is None:
        raise BadEnvironment(
            "DATABASE_URL (ou DATABASE_URL_FILE) doit donner l'adresse de la base PostgreSQL : "
            "postgresql://utilisateur:motdepasse@machine:5432/base."
        )
    replica = env.database("DATABASE_REPLICA_URL")
    if replica is not None and database is None:
        raise BadEnvironment(
            "DATABASE_REPLICA_URL demande DATABASE_URL : une réplique est celle d'une base."
        )
    sms, sms_token = env.web_service("DROITFIL_SMS"), env.secret("DROITFIL_SMS_TOKEN")
    if sms and len(sms_token) < 20:
        raise BadEnvironment(
            "DROITFIL_SMS_TOKEN (ou DROITFIL_SMS_TOKEN_FILE) doit tenir au moins 20 caractères : "
            "le jeton de la passerelle, qui signe aussi ce qu'elle nous dit."
        )
    authority = env.text("DROITFIL_AUTHORITY", "XX99")
    if not re.fullmatch("(?!FR[0-9]{2})[A-Z0-9]{4}", authority):
        raise BadEnvironment(
            f"DROITFIL_AUTHORITY vaut « {authority} » : écrivez quatre lettres "
            "majuscules ou chiffres ; FR00 à FR99 sont réservés aux autorités reconnues par l'État."
        )
    https = env.boolean("DROITFIL_HTTPS", default=production)
    hosts = hosts or ["localhost", "127.0.0.1", "[::1]"]
    address = env.text("DROITFIL_ADDRESS", f"https://{hosts[0]}" if https else DEMO_ADDRESS)
    if not re.fullmatch("https?://[A-Za-z0-9.:\\[\\]-]+", address):
        raise BadEnvironment(
            f"DROITFIL_ADDRESS vaut « {address} » : écrivez l'adresse des pages, sans rien après "
            "le nom du site, comme https://droitfil.example."
        )
    keys = env.folder("DROITFIL_KEYS")
    if production and keys is None:
        raise BadEnvironment(
            "DROITFIL_KEYS doit nommer le dossier des clés privées, hors de la base et du code, "
            "lisible de ce compte seul."
        )
    choices = {
        "kind": kind,
        "secret": secret,
        "hosts": hosts,
        "address": address,
        "database": database,
        "replica": replica,
        "replica_seconds": env.integer("DROITFIL_REPLICA_SECONDS", 5, least=1, most=60),
        "https": https,
        "proxies": env.integer("DROITFIL_PROXIES", 0, least=0, most=5),
        "pool": env.integer("DROITFIL_DATABASE_POOL", 4, least=1, most=100),
        "log": env.choice("DROITFIL_LOG", ("json", "console"), "json" if production else "console"),
        "log_level": env.choice(
            "DROITFIL_LOG_LEVEL",
            ("DEBUG", "INFO", "WARNING", "ERROR"),
            "INFO" if production else "WARNING",
        ),
        "smtp": env.mail_server("DROITFIL_SMTP"),
        "mail_from": env.text("DROITFIL_MAIL_FROM", "Droitfil <ne-pas-repondre@localhost>"),
        "sms": sms,
        "sms_token": sms_token,
        "nights": env.boolean("DROITFIL_NIGHTS", default=kind != "demo"),
        "night_hour": env.integer("DROITFIL_NIGHT_HOUR", 2, least=0, most=5),
        "theme": env.folder("DROITFIL_THEME"),
        "files": env.folder("DROITFIL_FILES"),
        "clamd": env.socket("DROITFIL_CLAMD"),
        "upload_megabytes": env.integer("DROITFIL_UPLOAD_MEGABYTES", 20, least=1, most=100),
        "upload_pages": env.integer("DROITFIL_UPLOAD_PAGES", 100, least=1, most=2000),
        "keys": keys,
        "authority": authority,
        "verify_limit": env.integer("DROITFIL_VERIFY_LIMIT", 30, least=0, most=1_000_000),
        "api_limit": env.integer("DROITFIL_API_LIMIT", 120, least=0, most=1_000_000),
    }
    if production and choices["smtp"] is None:
        raise BadEnvironment(
            "DROITFIL_SMTP doit donner le serveur qui envoie les messages : "
            "smtp+tls://utilisateur:motdepasse@machine:587."
        )
    env.refuse_unknown("DROITFIL_", known=READ_ELSEWHERE)
    return choices


try:
    _chosen = _read(Environment(os.environ))
except BadEnvironment as error:
    sys.exit(f"Réglage refusé. {error}")

ENVIRONMENT: str = _chosen["kind"]
DEBUG = ENVIRONMENT == "development"
TESTING = ENVIRONMENT == "test"
SECRET_KEY: str = _chosen["secret"]
ALLOWED_HOSTS: list[str] = _chosen["hosts"]
DROITFIL_THEME: Path | None = _chosen["theme"]
#: Where a demonstration keeps how far ahead of the real day it stands (droitfil/lib/clock.py).
CLOCK_FILE: Path | None = STATE_DIR / "clock" if ENVIRONMENT == "demo" else None
#: The name of the authority whose certificates sign our papers: invented, never an official one.
AUTHORITY: str = _chosen["authority"]
#: Where papers are verified: printed on each of them.
VERIFY_ADDRESS: str = _chosen["address"] + "/verifier"
# Whether the workers run nights, and from which hour; a demonstration asks for its own.
NIGHTS: bool = _chosen["nights"]
NIGHT_HOUR: int = _chosen["night_hour"]
#: Reverse proxies in front of us whose forwarding headers are believed.
TRUSTED_PROXIES: int = _chosen["proxies"]
#: Questions one client may ask the API in a minute; 0 for no limit.
API_QUESTIONS_A_MINUTE: int = _chosen["api_limit"]

#: Papers and codes one client may verify in a minute; 0 for no limit.
VERIFICATIONS_A_MINUTE: int = _chosen["verify_limit"]

# --- The application

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "pgtrigger",
    "procrastinate.contrib.django",
    "droitfil.lib",
    "droitfil.journal",
    "droitfil.territory",
    "droitfil.people",
    "droitfil.notices",
    "droitfil.files",
    "droitfil.attestations",
    "droitfil.cases",
    "droitfil.web",  # before allauth: its templates are ours
    "droitfil.api",
    *(["droitfil.demo"] if ENVIRONMENT in ("demo", "test") else []),
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "droitfil.lib.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "droitfil.lib.security_headers.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "droitfil.web.language.LanguageMiddleware",
    "droitfil.web.errors.ErrorPagesMiddleware",
    "droitfil.api.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    *(["droitfil.lib.replica.WroteMiddleware"] if _chosen["replica"] else []),
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "droitfil.web.errors.RefusalMiddleware",
    "droitfil.lib.readonly.ReadOnlyMiddleware",  # the last: what stands above may write
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [DROITFIL_THEME / "templates"] if DROITFIL_THEME else [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "droitfil.web.theme.theme",
                "droitfil.demo.context.demonstration",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: The fields of a form are refused beyond this size, in bytes; files have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 30  # the pages of one document, sent together

# --- Uploads: what may be received, and where it is kept, encrypted (droitfil/files)

UPLOAD_BYTES: int = _chosen["upload_megabytes"] * 2**20
UPLOAD_PAGES: int = _chosen["upload_pages"]
# In memory only: Django's own would write large files in clear in /tmp.
FILE_UPLOAD_HANDLERS = ["droitfil.files.intake.MemoryOnly"]
FILES_DIR: Path = _chosen["files"] or STATE_DIR / ("test-files" if TESTING else "files")
KEYS_DIR: Path = _chosen["keys"] or STATE_DIR / ("test-keys" if TESTING else "keys")
#: Where clamd listens: a Unix socket, or (host, port).
CLAMD: Path | tuple[str, int] = _chosen["clamd"] or (
    clamd.DEBIAN if ENVIRONMENT == "production" else clamd.default()
)

# --- The database: the operator's, else the private one of this checkout

PRIVATE_DATABASE: Path | None = None
_connection: dict[str, Any] | None = _chosen["database"]
if _connection is None:
    # The tests have a server of their own, fast and not durable.
    PRIVATE_DATABASE = postgres.HOME.with_name("test-postgres") if TESTING else postgres.HOME
    _connection = postgres.connection(PRIVATE_DATABASE)
_replica: dict[str, Any] | None = _chosen["replica"]


def _alias(connection: dict[str, Any], *, patience: int) -> dict[str, Any]:
    """Django's settings for one server: its pool waits so many seconds for a connection."""
    if not TESTING:  # a pool would keep test databases from being dropped
        pool = {"min_size": 1, "max_size": _chosen["pool"], "timeout": patience}
        # Tried again soon, for ever: another server may have taken the place of the one that died.
        pool |= {"reconnect_timeout": 3}
        connection = {**connection, "OPTIONS": {**connection["OPTIONS"], "pool": pool}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a database that was started again is no one's failure
        "ATOMIC_REQUESTS": False,
        **connection,
    }


DATABASES = {"default": _alias(_connection, patience=5)}
#: Is there a replica, and how many seconds old may be what is read there (droitfil/lib/replica.py)?
REPLICA = _replica is not None
REPLICA_SECONDS: int = _chosen["replica_seconds"]
if _replica is not None:
    DATABASES["replica"] = {**_alias(_replica, patience=1), "TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["droitfil.lib.replica.Router"]

# --- Jobs: those of droitfil/cli/rounds.py, imported by the workers alone

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

# --- Languages: the source text is French, the legal language

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "droitfil" / "locale"]
LANGUAGE_COOKIE_NAME = "langue"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Static files: few, named by their content, compressed once

STATIC_URL = "/static/"
STATICFILES_DIRS = (
    [DROITFIL_THEME / "static"] if DROITFIL_THEME and (DROITFIL_THEME / "static").is_dir() else []
)
_by_content = ENVIRONMENT in ("demo", "production")
STATIC_ROOT = BASE_DIR / "staticfiles" if _by_content else None  # else served from the sources
WHITENOISE_USE_FINDERS = not _by_content
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _by_content
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Security. The content-security policy stands in droitfil/lib/security_headers.py.

_https: bool = _chosen["https"]
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 63_072_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
#: Pages whose forms bear a token say otherwise: droitfil/lib/security_headers.py.
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "droitfil.lib.sessions"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "jeton"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "droitfil.web.errors.csrf_failure"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options is set by SecurityHeadersMiddleware, on every response
]

# --- Accounts: a code by e-mail or a passkey, never a password. Staff: a second factor, always.

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "me"
ACCOUNT_ADAPTER = "droitfil.web.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # seconds: an e-mail may be slow
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Droitfil] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
#: Seconds after a sign-in during which a passkey may be added or removed.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "droitfil.web.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
MFA_TOTP_ISSUER = "Droitfil"

# --- E-mail: the operator's server, else a folder of this checkout

#: Where the pages stand, as messages write it.
SITE_ADDRESS: str = _chosen["address"]
#: Where e-mails are kept when no server sends them.
MAILBOX_DIR: Path = STATE_DIR / "mailbox"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _chosen["mail_from"]
EMAIL_TIMEOUT = 10
if _chosen["smtp"] is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAILBOX_DIR
else:
    EMAIL_BACKEND = "droitfil.notices.channels.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _chosen["smtp"]["host"], _chosen["smtp"]["port"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _chosen["smtp"]["user"], _chosen["smtp"]["password"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _chosen["smtp"]["starttls"], _chosen["smtp"]["tls"]

# --- Text messages: the operator's gateway, else none

#: Where the gateway of a demonstration keeps what it receives (droitfil/demo/telephone.py).
SIMULATED_DIR: Path = STATE_DIR / "simulated"
SMS_GATEWAY: str = _chosen["sms"]  # where they are posted; empty: nobody receives any
SMS_TOKEN: str = _chosen["sms_token"]

# --- Logs: no query string, no body, no address of a person (droitfil/lib/logs.py)

LOGGING = logs.configuration(shape=_chosen["log"], level=_chosen["log_level"])
LOGGING_CONFIG = "logging.config.dictConfig"
