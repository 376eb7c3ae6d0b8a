"""What must hold at every update: rules of the environment's file, asked of what is declared."""

from __future__ import annotations

from pulumi_policy import (
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from config.codes import codes
from config.diagnostic import RULES_PAGE
from config.rules import production, secrets
from config.subject import Rule
from policies.declared import subject


def policy(name: str, rule: Rule, *enforced: str) -> Policy:
    """A policy that reports those findings of a rule whose codes are enforced.

    Each resource is looked at before anything is done to it, so an update without a preview is
    stopped too.
    """

    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        for finding in rule(subject(args)):
            if finding.code in enforced:
                where = f"{args.name} ({finding.path[-1]})"
                rule_page = f"{RULES_PAGE}#{finding.code.lower()}"
                told = f"{where}: {finding.says}; write {finding.write}  {rule_page}"
                report_violation(told, args.urn)

    return ResourceValidationPolicy(name, f"{codes()[enforced[0]].title}.", validate)


POLICIES = (
    policy("production-database-protected", production.database_that_survives, "DS321"),
    policy("production-database-restorable", production.database_that_survives, "DS322"),
    policy("secrets-encrypted", secrets.kept_secret, "DS401", "DS402", "DS403"),
)
