"""What has to be done outside Heroku."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review import kinds
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import RuleResult, Subject, rule


@rule("DR701", Severity.NOTE)
def domain_added(subject: Subject) -> Iterator[RuleResult]:
    """A new domain needs a DNS record, and a certificate before it answers over HTTPS.

    https://devcenter.heroku.com/articles/custom-domains
    https://devcenter.heroku.com/articles/automated-certificate-management
    """
    for step in subject.changed:
        if step.type != kinds.DOMAIN or step.operation not in (
            Operation.CREATE,
            Operation.REPLACE,
        ):
            continue
        hostname = str(step.inputs.get("hostname", step.name))
        text: Markup = (Code(hostname), " gets its DNS target when Heroku adds it")
        app = subject.context.app
        if hostname.startswith("*."):
            text = (*text, "; ACM makes no certificate for a wildcard")
        elif app and app.acm:
            text = (*text, "; ACM makes its certificate once the DNS record is there")
        elif app:
            text = (*text, "; ACM is off, so it has no certificate")
        info = subject.heroku("domains:info", hostname)
        advice: Markup = ("after the apply, point its DNS record at the target: ", info)
        if app and not app.acm and not hostname.startswith("*."):
            advice = (*advice, "; to turn ACM on: ", subject.heroku("certs:auto:enable"))
        yield RuleResult(text, advice, step)
