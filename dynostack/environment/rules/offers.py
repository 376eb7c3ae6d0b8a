"""Rules about names that the catalogue does not have.

Heroku adds plans, versions, stacks, regions and sizes, and only Heroku knows all of them.  A name
that the catalogue lacks is therefore a warning: it may be newer than the catalogue, or misspelled.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dynostack.environment import catalogue
from dynostack.environment.catalogue import Offer
from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import near, shortened, unless_offered

FIR = "DS216"


class KnownNames(NamedTuple):
    """One kind of name that the catalogue lists."""

    title: str
    """What a message calls it."""
    offer: Offer
    code: str
    """The code of an unknown name."""
    usual: str = ""
    """What to write instead of a name of the Fir generation."""

    def findings(self, path: Path, name: object) -> Iterator[Finding]:
        """Yield a finding if the catalogue does not have the name."""
        if not isinstance(name, str) or name in self.offer.names:
            return
        if name in self.offer.fir:
            message = (
                f'{self.title} "{name}" is of the Fir generation; dynostack declares Cedar apps'
            )
            yield Finding(path, FIR, message, f"a name of Cedar, such as {self.usual}")
            return
        message = f'{self.title} "{shortened(name)}" is not in the catalogue'
        meant = near(name, self.offer.names)
        yield Finding(path, self.code, message, unless_offered(meant, self.offer.names), meant)


REGION = KnownNames("region", catalogue.REGIONS, "DS206")
STACK = KnownNames("stack", catalogue.STACKS, "DS205", catalogue.DEFAULT_STACK)
SIZE = KnownNames("dyno size", catalogue.DYNOS, "DS208", "standard-1x")
PLAN = KnownNames("plan", catalogue.POSTGRES_PLANS, "DS202")
VERSION = KnownNames("version", catalogue.POSTGRES_VERSIONS, "DS211")
MEMCACHED = KnownNames("service", catalogue.MEMCACHED_SERVICES, "DS212")
FEATURE = KnownNames("feature", catalogue.FEATURES, "DS217")


def known_names(context: RuleContext) -> Iterator[Finding]:
    """Report names of the app, its dynos and its databases that the catalogue does not have."""
    app = context.keys("app")
    yield from REGION.findings(("app", "region"), app.get("region"))
    yield from STACK.findings(("app", "stack"), app.get("stack"))
    for process in context.keys("formation"):
        size = context.keys("formation", process).get("size")
        yield from SIZE.findings(("formation", process, "size"), size)
    databases = context.keys("postgres", "databases")
    for path in (("postgres",), *(("postgres", "databases", key) for key in databases)):
        yield from PLAN.findings((*path, "plan"), context.keys(*path).get("plan"))
        yield from VERSION.findings((*path, "version"), context.keys(*path).get("version"))


def known_cache(context: RuleContext) -> Iterator[Finding]:
    """Report a memcached service or plan that the catalogue does not have."""
    section = context.keys("memcached")
    service = section.get("service", catalogue.DEFAULT_MEMCACHED_SERVICE)
    if offer := catalogue.MEMCACHED_PLANS.get(str(service)):
        plans = KnownNames("plan", offer, "DS202")
        yield from plans.findings(("memcached", "plan"), section.get("plan"))
    elif section:
        yield from MEMCACHED.findings(("memcached", "service"), service)


def known_features(context: RuleContext) -> Iterator[Finding]:
    """Report features that the catalogue does not have."""
    for name in context.keys("features"):
        for found in FEATURE.findings(("features", name), name):
            yield found._replace(at_key=True)


RULES = (known_names, known_cache, known_features)
