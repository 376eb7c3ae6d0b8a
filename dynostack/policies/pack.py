"""Policies for every update: rules of the environment's file, applied to declared resources."""

from __future__ import annotations

from pulumi_policy import (
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from dynostack.environment.diagnostics.codes import codes
from dynostack.environment.diagnostics.diagnostic import explanation_of
from dynostack.environment.diagnostics.rule import Rule
from dynostack.environment.rules import production, secrets
from dynostack.policies.declared import context


def policy(name: str, rule: Rule, *enforced: str) -> Policy:
    """Return a policy that reports a rule's findings with the enforced codes.

    The engine runs the policy on each resource before changing it, so it also stops an update
    without a preview.
    """

    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        for finding in rule(context(args)):
            if finding.code in enforced:
                where = f"{args.name} ({finding.path[-1]})"
                text = f"{where}: {finding.message}; write {finding.suggestion}"
                report_violation(f"{text}  ({explanation_of(finding.code)})", args.urn)

    return ResourceValidationPolicy(name, f"{codes()[enforced[0]].title}.", validate)


POLICIES = (
    policy("production-database-protected", production.database_that_survives, "DS321"),
    policy("production-database-restorable", production.database_that_survives, "DS322"),
    policy("secrets-encrypted", secrets.kept_secret, "DS401", "DS402", "DS403"),
)
