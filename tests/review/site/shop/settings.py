"""As much of a site's settings as an environment is checked against; no part of it runs."""

import os

ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
SECRET_KEY = os.environ["SECRET_KEY"]
DATABASES = {"default": {"OPTIONS": {"service": os.environ["DATABASE_URL"]}}}
CACHES = {
    "default": {
        "LOCATION": os.environ["MEMCACHIER_SERVERS"],
        "USER": os.environ["MEMCACHIER_USERNAME"],
        "PASSWORD": os.environ["MEMCACHIER_PASSWORD"],
    },
    "cloud": {
        "LOCATION": os.environ["MEMCACHEDCLOUD_SERVERS"],
        "USER": os.environ["MEMCACHEDCLOUD_USERNAME"],
        "PASSWORD": os.environ["MEMCACHEDCLOUD_PASSWORD"],
    },
}
