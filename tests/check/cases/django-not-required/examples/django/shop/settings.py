import os
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
address = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": address.path[1:]}}
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STATIC_URL = "static/"
