def backend(variables):
    for service in ("MEMCACHIER", "MEMCACHEDCLOUD"):
        if servers := variables.get(f"{service}_SERVERS"):
            return {
                "BACKEND": "django_bmemcached.memcached.BMemcached",
                "LOCATION": servers.split(","),
                "OPTIONS": {
                    "username": variables[f"{service}_USERNAME"],
                    "password": variables[f"{service}_PASSWORD"],
                },
            }
    return {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
