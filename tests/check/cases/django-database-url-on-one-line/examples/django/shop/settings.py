import os


SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split(",")
DATABASES = {"default": {"ENGINE": "x", "PASSWORD": "hunter2"}}
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
