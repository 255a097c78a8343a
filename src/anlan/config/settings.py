"""Settings of every process: the web, the worker, the commands and the tests.

What differs between machines comes from :mod:`anlan.config.env`; nothing secret is written here.
"""

from pathlib import Path

from anlan.config import env

BASE_DIR = Path(__file__).resolve().parents[1]

SECRET_KEY = env.secret_key()
DEBUG = False
ALLOWED_HOSTS = env.allowed_hosts()
DATABASES = {"default": env.database()}
DATA_DIR = env.home()

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
    "anlan.accounts",
    "anlan.organisations",
    "anlan.territory",
    "anlan.register",
    "anlan.hidden_dangers",
    "anlan.enforcement",
    "anlan.supervision",
    "anlan.desk",
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
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "anlan.accounts.middleware.ActorMiddleware",
]

AUTH_USER_MODEL = "authz.User"
ROOT_URLCONF = "anlan.config.urls"
WSGI_APPLICATION = "anlan.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
