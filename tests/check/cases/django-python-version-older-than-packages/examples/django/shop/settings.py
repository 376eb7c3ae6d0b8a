import os

import dj_database_url

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split(",")
DATABASES = {"default": dj_database_url.config()}
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
