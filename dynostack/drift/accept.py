"""The acceptance of what Heroku has into a stack's file and state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dynostack.adopt.command import silent
from dynostack.adopt.imports import Imports, urns_on_heroku
from dynostack.comparison.difference import Difference
from dynostack.description.sections import SecretText
from dynostack.drift.command import Drift, DriftCommand
from dynostack.drift.file_change import edited, write_confirmed
from dynostack.drift.gone import without_gone
from dynostack.drift.items import chosen, refuse_unknown
from dynostack.engine.exported_state import ExportedState
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.recover.identities import APP
from dynostack.recover.planned import Plan
from dynostack.review.command import judged
from dynostack.review.engine import Engine
from dynostack.review.model import Verdict
from dynostack.review.render import text as review_text
from dynostack.review.source_locations import SourceLocations
from dynostack.secrets.encryption import Encryption
from dynostack.secrets.passphrase import Ask
from dynostack.secrets.secrets_file import SecretsFile

DONE, CHANGES = 0, 2
CONFIG_VARS = ("configVars", "sensitiveConfigVars")
MESSAGE = "dynostack drift accept"
"""The message of the update in the stack's history."""


@dataclass(frozen=True)
class AcceptCommand:
    """One call of the command for one stack."""

    drift: DriftCommand
    items: Sequence[str]
    """The items to accept, such as app.configVars.DEBUG or collaborators; empty for all."""
    ask: Ask
    agree: Callable[[str], bool]
    """Asks a yes-or-no question and returns the answer."""
    show: Callable[[str], None] = field(repr=False)
    """Prints the difference of the file, and a review."""

    def run(self) -> int:
        """Write what Heroku has into the file, and import what is new into the state.

        Returns:
            The exit code: 0 if a review changes nothing afterwards, or nothing was to do; 2 if it
            still changes something.

        Raises:
            DriftUnknown: the differences are unknown, or cannot be accepted; nothing was changed.
            ApiError: Heroku does not answer.
            EngineFailed: the engine failed.
            SecretRefused: the passphrase is wrong or unknown, or the file has changed meanwhile.
        """
        found = self.drift.run()
        accepted = list(self._accepted(found))
        if not accepted:
            if found.differences:
                self.drift.say("nothing was accepted")
                return DONE
            self.drift.say(f"nothing to accept: {found.app} matches the file")
            # An interrupted acceptance may have written the file, but not the state.
            return DONE if self._is_applied() else self._import()
        PulumiProcess.of_shell(self.drift.workspace).refuse_lock(self.drift.stack)
        name = self.drift.name
        file = SecretsFile.read(self.drift.workspace.project, name)
        text = self._edited(file, accepted)
        write_confirmed(file, name, text, self.agree, self.show)
        self.drift.say(f"wrote Pulumi.{name}.yaml")
        return self._import()

    def _accepted(self, found: Drift) -> Iterator[Difference]:
        """Yield the differences to accept."""
        refuse_unknown((*found.differences, *found.unsaid), self.items)
        for part in chosen(found.unsaid, self.items):
            self.drift.say(_refusal(part.text))
        for each in chosen(found.differences, self.items) if self.items else found.differences:
            if each.edits:
                yield each
            else:
                self.drift.say(_refusal(each.text))

    def _edited(self, file: SecretsFile, accepted: Sequence[Difference]) -> str:
        """Return the text of the file with the differences accepted."""
        edits = [edit for each in accepted for edit in each.edits]
        secrets = [edit.value for edit in edits if isinstance(edit.value, SecretText)]
        ciphertexts: dict[SecretText, str] = {}
        if secrets:
            workspace, document = self.drift.workspace, file.document
            encryption = Encryption(
                workspace, self.drift.name, self.ask, document, has_secrets=file.has_secrets
            )
            found, _ = encryption.encrypted(each.text for each in secrets)
            ciphertexts = dict(zip(secrets, found, strict=True))
        advice = (
            "this cannot be accepted, and nothing was changed; name only items that can be accepted"
        )
        written = (edit.encrypted(ciphertexts) for edit in edits)
        return edited(file, self.drift.name, written, advice)

    def _is_applied(self) -> bool:
        """Return whether a review of the stack changes nothing."""
        workspace, stack = self.drift.workspace, self.drift.stack
        engine = Engine(workspace, stack, enforces_policies=False)
        with engine.preview(silent) as running:
            review = judged(workspace, stack, running, silent).review
        return review.verdict is Verdict.NOTHING

    def _import(self) -> int:
        """Import what is new, forget what is gone, and review the stack."""
        workspace, stack = self.drift.workspace, self.drift.stack
        runner = PulumiProcess.of_shell(workspace)
        before = ExportedState.read(runner, stack)
        with self.drift.api.remembering().connected() as api:
            present = without_gone(before, api)
            if present.document != before.document:
                present.write_over(before)
                before = ExportedState.read(runner, stack)
            engine = Engine(workspace, stack, enforces_policies=False)
            with engine.preview(silent) as running:
                planned = running.planned(silent)
            if planned.plan is None:
                raise EngineFailed("\n".join(planned.preview.errors))
            places = SourceLocations.of(workspace.project, stack)
            new = Imports(api, before, planned.plan, places).state_with_them()
            _declare_config_vars(new, planned.plan)
        if new.document != before.document:
            new.write_over(before)
        # Otherwise the review would show what the state did not know yet as changed outside.
        new.refresh(urns_on_heroku(new))
        with engine.preview(silent) as running:
            found = judged(workspace, stack, running, silent)
            if found.review.verdict is not Verdict.NOTHING:
                self.show(review_text.render(found.review))
                return CHANGES
            found.apply(engine, MESSAGE)
        self.drift.say("review: nothing changes")
        return DONE


def _refusal(text: str) -> str:
    return f"cannot be accepted, because a file cannot describe it: {text}"


def _declare_config_vars(state: ExportedState, plan: Plan) -> None:
    """Let the state name the config vars of the file, whose values the next refresh reads.

    The app's resource has only config vars that the program has declared.
    """
    for resource in state.resources:
        if resource["type"] != APP:
            continue
        goal = (plan.get("resourcePlans") or {}).get(resource["urn"], {}).get("goal") or {}
        changes = goal.get("inputDiff") or {}
        values = {**(changes.get("adds") or {}), **(changes.get("updates") or {})}
        declared = {name: values[name] for name in CONFIG_VARS if name in values}
        resource["inputs"] = {**resource["inputs"], **declared}
        resource["outputs"] = {**resource["outputs"], **declared}
