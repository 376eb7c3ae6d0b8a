"""The front page: writes to and reads from the database and the cache, and shows the results."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from visits.models import Visit

CACHE_KEY = "first-visit"
DAY = 24 * 60 * 60


def database_facts() -> dict[str, object]:
    Visit.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('server_version')")
        name, version = cursor.fetchone()
    return {"name": name, "version": version, "rows": Visit.objects.count()}


def cache_facts() -> dict[str, object]:
    stored = cache.get(CACHE_KEY)
    if stored is None:
        cache.set(CACHE_KEY, timezone.now().isoformat(timespec="seconds"), timeout=DAY)
    return {
        "answer": "miss" if stored is None else "hit",
        "key": cache.make_key(CACHE_KEY),
        "value": stored or cache.get(CACHE_KEY),
    }


@never_cache
def front_page(request: HttpRequest) -> HttpResponse:
    facts = {"database": database_facts(), "cache": cache_facts()}
    return render(request, "visits/front_page.html", facts)
