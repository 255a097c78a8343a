"""Settings of every process: the web, the worker, the commands and the tests.

What differs between machines comes from :mod:`anlan.config.env`; nothing secret is written here.
"""

from pathlib import Path

from anlan.config import env, logs, wal
from anlan.jobs.connections import on_a_living_connection

BASE_DIR = Path(__file__).resolve().parents[1]

ENVIRONMENT = env.read()

SECRET_KEY = ENVIRONMENT.secret("secret_key")
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
DATABASES = {"default": ENVIRONMENT.django_database()}
DATA_DIR = ENVIRONMENT.home

INSTALLED_APPS = [
    "anlan.authz",
    "anlan.ledger",
    "anlan.calendar",
    "anlan.files",
    "anlan.http",
    "anlan.ui",
    "anlan.jobs",
    "anlan.notify",
    "anlan.processes",
    "anlan.proofs",
    "anlan.sheets",
    "anlan.accounts",
    "anlan.live",
    "anlan.organisations",
    "anlan.territory",
    "anlan.register",
    "anlan.hidden_dangers",
    "anlan.enforcement",
    "anlan.supervision",
    "anlan.safeguards",
    "anlan.inspections",
    "anlan.desk",
    "anlan.oversight",
    "anlan.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "anlan.config.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "anlan.http.middleware.RefusalMiddleware",
    "anlan.accounts.middleware.ActorMiddleware",
]

AUTH_USER_MODEL = "authz.User"
ROOT_URLCONF = "anlan.config.urls"
WSGI_APPLICATION = "anlan.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Pages. django-cotton's loader comes first, so that components can be used in every template.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anlan.desk.context.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"

# Files that pages need. granian serves STATIC_ROOT; the names carry a hash once they have been collected there.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "anlan.config.statics.HashedWhenCollected"},
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_ARCHIVE = wal.file_folder(ENVIRONMENT.wal_archive)  # where a copy of each original goes; None: nowhere

# Limits of sign-in have to hold across processes and restarts; the table is made by a migration of accounts.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}

# Accounts: signed in by name, made by an administrator.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "anlan.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # shared machines in offices: a session ends with the browser
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "anlan.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "anlan.accounts.second_factor.ActivateForm",
    "authenticate": "anlan.accounts.second_factor.SignInForm",
    "reauthenticate": "anlan.accounts.second_factor.ConfirmForm",
    "add_webauthn": "anlan.accounts.second_factor.AddPasskeyForm",
    "login_webauthn": "anlan.accounts.second_factor.PasskeyDoorForm",
    "authenticate_webauthn": "anlan.accounts.second_factor.PasskeyStepForm",
    "reauthenticate_webauthn": "anlan.accounts.second_factor.PasskeyConfirmForm",
}
MFA_TOTP_ISSUER = "安澜"
MFA_TOTP_TOLERANCE = 1  # phones are slow or fast by half a minute; a code is still good only once
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
SECOND_FACTOR_KEY = ENVIRONMENT.secret("second_factor_key")
SECOND_FACTOR_ROLES = ENVIRONMENT.second_factor_roles  # who must have one; everybody may
LEDGER_KEY = ENVIRONMENT.secret("ledger_key")  # signs the heads of the ledger's tree (anlan.proofs)
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
CSRF_FAILURE_VIEW = "anlan.http.views.csrf_failure"
LOGIN_REDIRECT_URL = "/"

# Sessions, cookies, headers
SESSION_COOKIE_NAME = "anlan_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.https
CSRF_COOKIE_NAME = "anlan_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = ENVIRONMENT.https
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if ENVIRONMENT.https else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Live updates: a process of its own, on a port of its own; behind a proxy that port is /live/ (ADR 0007).
SITE_PORT, LIVE_PORT, BEHIND_PROXY = ENVIRONMENT.port, ENVIRONMENT.live_port, ENVIRONMENT.https

# Jobs. A worker that has not shown itself for 30 s is taken for dead and its jobs are tried again (anlan.jobs).
PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 30.0,
    "task_middleware": [on_a_living_connection],
}

LOGGING = logs.django_logging(process=ENVIRONMENT.process)
