"""Tests of the decision which values are encrypted."""

import pytest

from dynostack.description.secret_values import looks_secret

SECRET = {
    "SECRET_KEY": "any",
    "SENTRY_DSN": "https://0123abcd@sentry.example/1",
    "PASSWORD_SALT": "pepper",
    "BACKUP": "postgres://user:pass@db.example/x",
    "HOOK": "https://hooks.example/services/0123456789abcdef0123456789abcdef",
    "HOOK_WITH_QUERY": "https://hooks.example/?user=shop&api-key=short1",
    "LICENSE": "b31d032cfdcf47a399990a71e43c5d2a",
    "OTHER": "kQ8vT2xZ9pLm4RwY7sNd",
    "TENANT": "74535b5b-1acd-4da6-af93-62710f7efafd",
}
PLAIN = {
    "DJANGO_SETTINGS_MODULE": "shop.settings.production",
    "ALLOWED_HOSTS": "www.acme.example,shop.acme.example",
    "API_URL": "https://api.acme.example/v1/",
    "API_URL_WITH_QUERY": "https://api.acme.example/v1/?page=2&token=0",
    "DEBUG_TOKEN": "false",
    "EMAIL_HOST": "email-smtp.eu-west-1.amazonaws.com",
    "GREETING": "hello world, this is a long text with 12 words",
    "LOCALE": "en_US.UTF-8",
    "TIME_ZONE": "America/Argentina/Buenos_Aires",
    "WEB_CONCURRENCY": "2",
}


@pytest.mark.parametrize(("name", "value"), SECRET.items())
def test_it_looks_secret(name: str, value: str) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(("name", "value"), PLAIN.items())
def test_it_looks_plain(name: str, value: str) -> None:
    assert not looks_secret(name, value)
