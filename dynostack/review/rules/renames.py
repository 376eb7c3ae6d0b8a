"""Rules about what else changes when an app is renamed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dynostack.review.markup import Code, Markup, listed
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule


@rule("DR116", Severity.WARN)
def app_renamed(review: ReviewContext) -> Iterator[RuleResult]:
    """The app is renamed, and its addresses change with it.

    https://devcenter.heroku.com/articles/renaming-apps
    """
    app = review.app
    if app is None or app.operation is not Operation.UPDATE or "name" not in app.differences:
        return
    old, new = (str((values or {}).get("name", "")) for values in (app.old, app.new))
    if not old or not new:
        return
    text: Markup = ("app ", Code(old), " is renamed to ", Code(new))
    text = (*text, ": its web address and its Git address change, and the old ones stop working")
    remote = Code(f"heroku git:remote --app {new}")
    advice: Markup = ("after the apply, run this in each clone: ", remote)
    if names := [*_mentioning(old, review.places.value("app", "configVars"))]:
        text = (*text, "; the old address is still in ", *listed(names))
        advice = ("write the new address in ", *listed(names), "; ", *advice)
    yield RuleResult(text, advice, app, "name")


def _mentioning(name: str, config_vars: object) -> Iterator[str]:
    """Yield the plain config vars that contain a host of the app, such as ALLOWED_HOSTS."""
    host = re.compile(rf"(?<![\w.-]){re.escape(name)}(-[0-9a-z]{{12}})?\.\w")
    for key, value in config_vars.items() if isinstance(config_vars, Mapping) else ():
        if isinstance(value, str) and host.search(value):
            yield str(key)
