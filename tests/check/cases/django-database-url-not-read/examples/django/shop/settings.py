import os
from pathlib import Path

BASE_DIR = Path(__file__).parent

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split(",")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
    }
}
CACHES = {
    "default": {
        "BACKEND": "django_bmemcached.memcached.BMemcached",
        "LOCATION": os.environ["MEMCACHIER_SERVERS"].split(","),
        "OPTIONS": {
            "username": os.environ["MEMCACHIER_USERNAME"],
            "password": os.environ["MEMCACHIER_PASSWORD"],
        },
    }
}
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = "staticfiles"
