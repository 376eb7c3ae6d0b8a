"""The command `dynostack adopt` for one app, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from dynostack.adopt.errors import AdoptRefused
from dynostack.adopt.imports import Imports, urns_on_heroku
from dynostack.adopt.stack import AdoptingStack
from dynostack.adopt.stack_file import StackFile
from dynostack.check.edits import read
from dynostack.description.environment import Description, described
from dynostack.description.sections import SecretText
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.environment import examine, schema
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.inventory.app import NOT_IN_FILES, App
from dynostack.inventory.databases import read_versions
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi
from dynostack.inventory.reader import NOT_FOUND, AppVanished, read_inventory
from dynostack.local.workspace import LocalWorkspace
from dynostack.review.command import Judged, judged
from dynostack.review.engine import Engine
from dynostack.review.model import Verdict
from dynostack.review.render import text as review_text
from dynostack.review.source_locations import SourceLocations
from dynostack.secrets.encryption import Encryption
from dynostack.secrets.errors import SecretRefused
from dynostack.secrets.passphrase import Ask
from dynostack.secrets.passphrase_key import PassphraseKey
from localheroku.core.atomic_files import rewrite, write_new

Say = Callable[[str], None]
MESSAGE = "dynostack adopt"
"""The message of the update in the stack's history."""
HIDDEN = "v1:..."
"""Stands for a ciphertext in the output of a dry run."""
NOTHING = "nothing was written"


@dataclass(frozen=True)
class AdoptCommand:
    """The adoption of one app into one stack."""

    workspace: LocalWorkspace
    api: PlatformApi
    ask: Ask
    say: Say
    """Prints a line of progress."""
    show: Say = field(repr=False)
    """Prints the result."""
    hides_all: bool = False
    """Whether to encrypt all config vars, not only those that look secret."""
    dry_run: bool = False

    def adopt(self, name: str, stack_name: str = "") -> None:
        """Adopt an app, or print what its file would be.

        Args:
            name: the app's name or id.
            stack_name: the stack; by default it is named after the app.

        Raises:
            AdoptRefused: the app was not adopted.
            ApiError: Heroku does not answer, or the app vanished.
            EngineFailed: the engine failed.
        """
        app = self.read(name)
        stack_name = stack_name or app.name
        stack = self._stack(stack_name)
        if not self.dry_run and (other := stack.adopted_app()):
            if other != app.name:
                raise AdoptRefused(
                    f"stack {stack_name} manages the app {other}; choose another stack for"
                    f" {app.name} with --stack"
                )
            self.say(f"{app.name} is adopted already, by stack {stack_name}")
            return
        file = self._file(stack_name)
        try:
            if _has_sections(file):
                self._use(file, stack_name, app)
            else:
                self._write(file, stack, app)
            if not self.dry_run:
                self._import(stack, app)
        except (AdoptRefused, ApiError, EngineFailed, SecretRefused):
            stack.take_back()
            raise

    def read(self, name: str) -> App:
        """Read an app with all parts that a file can have.

        Raises:
            AdoptRefused: a part may not be read.
            ApiError: Heroku does not answer, does not have the app, or refuses to show it.
        """
        self.say(f"reading {name}")
        try:
            app = read_inventory(self.api, name)
        except AppVanished:
            raise
        except ApiRefusal as refusal:
            raise AdoptRefused(
                f"cannot read the app {name}: {refusal}\n      = name an app that the account of"
                f" the API key can see; {NOTHING}"
            ) from None
        for part, reason in app.unread.items():
            if part not in NOT_IN_FILES:
                raise AdoptRefused(
                    f"cannot read the {part} of {app.name}: {reason}\n      = use an API key of an"
                    f" account that may, with the scope global; {NOTHING}"
                )
        return app

    def _stack(self, name: str) -> AdoptingStack:
        runner = PulumiProcess.of_shell(self.workspace)
        record = self.workspace.root / "adoptions" / f"{name.replace('/', '-')}.json"
        return AdoptingStack(runner, name, record)

    def _file(self, stack: str) -> Path:
        return self.workspace.project / f"Pulumi.{stack.rpartition('/')[2]}.yaml"

    def _use(self, file: Path, stack: str, app: App) -> None:
        """Check that a stack's file is valid and describes the app, and ask for its passphrase.

        Raises:
            AdoptRefused: it is not, or does not.
            SecretRefused: the passphrase is wrong or unknown.
        """
        examined = examine(stack.rpartition("/")[2], self.workspace.project)
        if examined.environment is None:
            errors = "\n".join(map(str, examined.errors))
            raise AdoptRefused(f"{errors}\n{file.name} has errors; {NOTHING}")
        if examined.environment.app.name != app.name:
            raise AdoptRefused(
                f"{file.name} describes the app {examined.environment.app.name}, not {app.name};"
                f" {NOTHING}: choose another stack with --stack"
            )
        if self.dry_run:
            self.show(read(file))
            return
        encryption = Encryption(self.workspace, stack, self.ask, _document(file), has_secrets=True)
        if not encryption.uses_engine:
            encryption.key()
        self.say(f"{file.name} is there already and stays as it is")

    def _write(self, file: Path, stack: AdoptingStack, app: App) -> None:
        """Write the file of an app, or print it in a dry run."""
        account = str(self.api.get("/account")["email"])
        versions = read_versions(self.api, app)
        description = described(app, account, versions, hides_all=self.hides_all)
        kept = _document(file)
        new = self._encrypted(stack, app, description, kept)
        new.refuse_errors(self.workspace.project)
        self._report(new)
        if self.dry_run:
            masked = dict.fromkeys(new.ciphertexts, HIDDEN)
            self.show(replace(new, ciphertexts=masked, beside={}).text)
            return
        if kept:
            rewrite(file, new.text)
        else:
            write_new(file, new.text)
        self.say(f"wrote {file.name}")

    def _encrypted(
        self,
        stack: AdoptingStack,
        app: App,
        description: Description,
        kept: Mapping[str, Any],
    ) -> StackFile:
        """Return the file of an app, with its secrets encrypted."""
        project = ProjectFolder(self.workspace.project).project
        secrets = list(dict.fromkeys(description.secrets))
        values = [each.text for each in secrets]
        if self.dry_run:
            key = PassphraseKey.new("")
            ciphertexts, beside = list(map(key.encrypted, values)), {"encryptionsalt": key.salt}
        else:
            encryption = Encryption(self.workspace, stack.name, self.ask, kept, has_secrets=False)
            if encryption.uses_engine:
                stack.create()
            ciphertexts, beside = encryption.encrypted(values)
        both = {**{key: str(value) for key, value in kept.items()}, **beside}
        by_secret: dict[SecretText, str] = dict(zip(secrets, ciphertexts, strict=True))
        has_schema = (self.workspace.project / schema.FILE).exists()
        name = stack.name.rpartition("/")[2]
        return StackFile(project, name, app.name, description, by_secret, both, has_schema)

    def _report(self, new: StackFile) -> None:
        config_vars = new.description.sections["app"].get("configVars", {})
        hidden = sum(isinstance(each, SecretText) for each in config_vars.values())
        self.say(f"config vars: {len(config_vars)}, of which {hidden} are encrypted")
        for each in new.description.unsaid:
            self.say(f"not in the file: {each}")

    def _import(self, stack: AdoptingStack, app: App) -> None:
        """Import the app's resources, and check that a review then changes nothing.

        Raises:
            AdoptRefused: a review would change something.
            ApiError: Heroku does not answer.
            EngineFailed: the engine failed.
        """
        state = stack.create()
        engine = Engine(self.workspace, stack.name, enforces_policies=False)
        with engine.preview(silent) as running:
            planned = running.planned(silent)
        if planned.plan is None:
            raise EngineFailed("\n".join(planned.preview.errors))
        places = SourceLocations.of(self.workspace.project, stack.name)
        with self.api.remembering().connected() as api:
            new = Imports(api, state, planned.plan, places).state_with_them()
        self.say(f"importing {len(urns_on_heroku(new))} resources")
        # No engine can have changed a new stack; the review refreshes all outputs.
        new.write()
        with engine.preview(silent) as running:
            found = judged(self.workspace, stack.name, running, silent)
            if found.review.verdict is not Verdict.NOTHING:
                raise self._different(stack.name, app, found)
            found.apply(engine, MESSAGE)
        stack.complete()
        self.say("review: nothing changes")
        self.say(f"stack {stack.name} manages {app.name}; nothing on Heroku was changed")

    def _different(self, stack: str, app: App, found: Judged) -> AdoptRefused:
        """Return the refusal of an import after which a review changes something."""
        try:
            self.api.get(f"/apps/{app.id}")
        except ApiRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return AdoptRefused(
                    f"the app {app.name} was destroyed while it was adopted; the state was taken"
                    f" back, Pulumi.{stack}.yaml is kept"
                )
        self.show(review_text.render(found.review))
        if found.review.verdict is Verdict.FAILED:
            return AdoptRefused(
                f"{app.name} cannot be reviewed; the state was taken back, nothing on Heroku was"
                f" changed, Pulumi.{stack}.yaml is kept: run the same command again when the errors"
                " above are solved"
            )
        return AdoptRefused(
            f"a review would change {app.name}; the state was taken back, nothing on Heroku was"
            f" changed\n      = edit Pulumi.{stack}.yaml until it says what is there, and run the"
            " same command again"
        )


def silent(_: str) -> None:
    """Say nothing: the lines of a preview's progress would name each resource."""


def _document(file: Path) -> dict[str, Any]:
    """Return the contents of a file; {} if it does not exist."""
    try:
        loaded = yaml.safe_load(read(file))
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, yaml.YAMLError):
        raise AdoptRefused(f"{file.name} is not YAML; {NOTHING}") from None
    if not isinstance(loaded, dict | None):
        raise AdoptRefused(
            f"{file.name} has no keys such as config; {NOTHING}: correct it, or remove it"
        )
    return {key: value for key, value in (loaded or {}).items() if key != "config"}


def _has_sections(file: Path) -> bool:
    """Return whether a stack's file exists and describes an environment already."""
    try:
        loaded = yaml.safe_load(read(file))
    except FileNotFoundError:
        return False
    except (UnicodeDecodeError, yaml.YAMLError):
        return True
    return bool(isinstance(loaded, dict) and loaded.get("config"))
