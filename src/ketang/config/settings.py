"""Django settings. What an operator may set is read from the environment here and nowhere else.

Each variable is documented in docs/guide/settings.md; a test compares the two.
"""

import os
import sys
from pathlib import Path

from ketang.config import logs, sqlite
from ketang.config.database import database_from
from ketang.config.home import flag, home, number
from ketang.kernel.crypto import load_keys
from ketang.shell.csp import with_policy

PACKAGE = Path(__file__).resolve().parents[1]
KETANG_HOME = home()
TESTING = "pytest" in sys.modules

KEYS = load_keys(KETANG_HOME / "keys", throwaway=TESTING)
SECRET_KEY = KEYS.session_secret

DEMO = flag("KETANG_DEMO")
DEMO_PACE = int(number("KETANG_DEMO_PACE", 6))  # happenings per minute
DEBUG = False
ALLOWED_HOSTS = [
    h for h in os.environ.get("KETANG_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",") if h
]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("KETANG_ORIGINS", "").split(",") if o]
HTTPS = flag("KETANG_HTTPS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("KETANG_BEHIND_PROXY") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = int(number("KETANG_SESSION_MINUTES", 720) * 60)
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ketang.shell",
    "ketang.core.audit",
    "ketang.core.outbox",
    "ketang.core.playbooks",
    "ketang.core.areas",
    "ketang.core.accounts",
    "ketang.core.files",
    "ketang.core.registry",
    "ketang.core.deadlines",
    "ketang.core.cases",
    "ketang.governance.routing",
    "ketang.governance.intake",
    "ketang.insight.audit",
    "ketang.insight.queue",
    "ketang.demo",
]
MIDDLEWARE = [
    "ketang.config.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ketang.shell.middleware.Frame",
    "ketang.config.requests.Database",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ketang.core.accounts.middleware.Who",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
CSRF_FAILURE_VIEW = "ketang.shell.errors.csrf_failed"
FORM_RENDERER = "ketang.shell.forms.Renderer"
ROOT_URLCONF = "ketang.config.urls"
WSGI_APPLICATION = "ketang.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        # Rooms keep their templates under web/templates/<room>/; the shell's frame under shell/templates/.
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.app_directories.Loader",
                        (
                            "django.template.loaders.filesystem.Loader",
                            sorted(str(p) for p in PACKAGE.glob("*/*/web/templates")),
                        ),
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "ketang.shell.context.frame",
            ],
        },
    }
]

DATABASES = {"default": database_from(os.environ.get("DATABASE_URL", ""), KETANG_HOME / "ketang.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Account"
LOGIN_URL = "/login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TESTING
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "shell" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = KETANG_HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ADD_HEADERS_FUNCTION = with_policy
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/"  # named by content
MEDIA_ROOT = KETANG_HOME / "files"

PLAYBOOKS_DIR = Path(os.environ.get("KETANG_PLAYBOOKS") or PACKAGE.parents[1] / "playbooks")
PLAYBOOK = os.environ.get("KETANG_PLAYBOOK", "demo" if DEMO or TESTING else "base")

SMS = os.environ.get("KETANG_SMS", "log")
ADMIN_PASSWORD = os.environ.get("KETANG_ADMIN_PASSWORD", "")
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_REQUEST_BYTES = 5 * MAX_UPLOAD_BYTES  # more is refused before it is read
FILE_UPLOAD_HANDLERS = [
    "ketang.core.files.uploads.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

READY_MAX_LAG_SECONDS = number("KETANG_READY_MAX_LAG_SECONDS", 120)
MIN_FREE_MB = int(number("KETANG_MIN_FREE_MB", 500))
METRICS_TOKEN = os.environ.get("KETANG_METRICS_TOKEN", "")
LOGGING_CONFIG = None  # structlog, below
sqlite.may_create = TESTING
if not TESTING:
    logs.setup()
