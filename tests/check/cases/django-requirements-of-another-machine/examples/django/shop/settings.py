import os

import dj_database_url

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split(",")
DATABASES = {"default": dj_database_url.config()}
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = "staticfiles"
