"""Rules about work outside Heroku, such as DNS records."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule


@rule("DR701", Severity.NOTE)
def domain_added(review: ReviewContext) -> Iterator[RuleResult]:
    """A new domain needs a DNS record, and a certificate before it answers over HTTPS.

    https://devcenter.heroku.com/articles/custom-domains
    https://devcenter.heroku.com/articles/automated-certificate-management
    """
    for step in review.changed:
        if step.type != resource_types.DOMAIN or step.operation not in (
            Operation.CREATE,
            Operation.REPLACE,
        ):
            continue
        hostname = str(step.inputs.get("hostname", step.name))
        text: Markup = (Code(hostname), " gets its DNS target when Heroku adds the domain")
        app = review.context.app
        if hostname.startswith("*."):
            text = (*text, "; ACM issues no certificate for a wildcard domain")
        elif app and app.acm:
            text = (*text, "; ACM issues its certificate once the DNS record exists")
        elif app:
            text = (*text, "; ACM is off, so it has no certificate")
        info = review.heroku("domains:info", hostname)
        advice: Markup = (
            "after the apply, point its DNS record at the target that this command prints: ",
            info,
        )
        if app and not app.acm and not hostname.startswith("*."):
            advice = (*advice, "; to turn ACM on: ", review.heroku("certs:auto:enable"))
        yield RuleResult(text, advice, step)
