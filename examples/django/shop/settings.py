"""Settings of the shop: everything that differs between environments comes from config vars.

https://docs.djangoproject.com/en/5.2/ref/settings/
"""

import os
from pathlib import Path

import dj_database_url

from shop import memcached

SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]

INSTALLED_APPS = ["django.contrib.staticfiles", "visits"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "shop.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
WSGI_APPLICATION = "shop.wsgi.application"

DATABASES = {
    "default": dj_database_url.config(conn_max_age=600, conn_health_checks=True, ssl_require=True)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": memcached.backend(os.environ)}

# Heroku collects static files at each build, which fails without these settings.
STATIC_URL = "static/"
STATIC_ROOT = Path(__file__).resolve().parent.parent / "staticfiles"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Errors go to stdout, where Heroku collects the log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
