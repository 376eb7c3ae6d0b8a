import environ

env = environ.Env()
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
DATABASES = {"default": env.db()}
CACHES = {
    "default": {
        "BACKEND": "django_bmemcached.memcached.BMemcached",
        "LOCATION": env("MEMCACHIER_SERVERS"),
        "OPTIONS": {
            "username": env("MEMCACHIER_USERNAME"),
            "password": env("MEMCACHIER_PASSWORD"),
        },
    }
}
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = "staticfiles"
