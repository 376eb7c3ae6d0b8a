"""What a push does: its commit is built and released, or it is declined.

The messages are those of Heroku's Git server.
https://devcenter.heroku.com/articles/git#deploy-your-code
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path

from localheroku.api.apps.models import App
from localheroku.api.builds.models import Build, NewBuild
from localheroku.api.builds.releases import models as releases
from localheroku.dynos.paths import printable
from localheroku.git import tree
from localheroku.git.repositories import GitFailed, PushInProgress, entries, git, is_disk_full
from localheroku.platform import Platform

ACCEPTED_PREFIXES = ("refs/heads/", "refs/tags/")
"""Prefixes that references may have.

Others have a meaning for Git: one in refs/replace/ replaces an object by another in every later
push.
"""
DEPLOYED_BRANCHES = ("refs/heads/main", "refs/heads/master")

ShowLine = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class RefUpdate:
    """An update of a reference from `old` to `new`; zeros mean that it does not exist."""

    old: str
    new: str
    reference: str

    @classmethod
    def of(cls, line: str) -> RefUpdate:
        return cls(*line.split(" ", 2))

    @property
    def branch(self) -> str:
        return self.reference.removeprefix("refs/heads/")

    @property
    def deletes(self) -> bool:
        return not self.new.strip("0")

    @property
    def creates(self) -> bool:
        return not self.old.strip("0")


class PushDeclined(Exception):
    """The push is declined; the text is for the pusher."""


class Push:
    """One push; `say` shows the pusher a line."""

    def __init__(self, platform: Platform, app: App, repository: Path, say: ShowLine) -> None:
        self._platform = platform
        self._app = app
        self._repository = repository
        self._say = say
        self._build: Build | None = None
        self._abandoned = False
        self._lock = ExitStack()

    async def decide(self, updates: Sequence[RefUpdate], quarantine: str) -> bool:
        """Return whether the references may be moved; build and release first if they deploy.

        `quarantine` is the folder of the pushed objects, empty if there are none.
        """
        try:
            self._lock.enter_context(self._platform.repositories.pushing(self._app.id))
            await self._deploy_updates(updates, quarantine)
        except Exception as error:
            reason = self._reason(error)
            if reason is None:
                raise
            for line in ("", f"!\t{reason}", ""):
                await self._say(line)
            return False
        return True

    def _reason(self, error: Exception) -> str | None:
        """Return the message for the pusher; None for an unexpected error."""
        if isinstance(error, PushDeclined):
            return str(error)
        if isinstance(error, tree.TreeRefused):
            return f"Push rejected, {error}"
        if isinstance(error, PushInProgress):
            return (
                f"Push rejected, another push to {self._app.name} is being built: push again later."
            )
        if is_disk_full(error, self._repository):
            return "Push rejected, the local Heroku's disk is full: free some space and push again."
        destroyed = self._platform.store.find(App, self._app.id) is None
        if destroyed and isinstance(error, (GitFailed, OSError)):
            return f"Push rejected, {self._app.name} was destroyed meanwhile."
        if isinstance(error, GitFailed):
            return f"Push rejected, Git cannot read the pushed objects: {error}"
        return None

    def end(self) -> None:
        """Allow the app's next push, as the references have been moved or never will be."""
        self._lock.close()

    async def abandon(self) -> None:
        """Stop the deployment before its release, as the pusher has disconnected."""
        self._abandoned = True
        if self._build:
            await self._platform.builds.abandon(self._app, self._build)

    async def _deploy_updates(self, updates: Sequence[RefUpdate], quarantine: str) -> None:
        for update in updates:
            _check_reference(update)
        deployed = [update for update in updates if update.reference in DEPLOYED_BRANCHES]
        if not deployed:
            await self._say("Pushed to branch other than [main, master], skipping build.")
            return
        for update in deployed:
            if update.deletes:
                raise PushDeclined(f"Push rejected, cannot delete {update.branch} branch")
        if len({update.new for update in deployed}) > 1:
            raise PushDeclined("Push rejected, main and master are different: push one of them")
        await self._deploy(deployed[0], ObjectStore(self._repository, quarantine))

    async def _deploy(self, update: RefUpdate, objects: ObjectStore) -> None:
        if await objects.target(update.reference) != ("" if update.creates else update.old):
            raise PushDeclined(
                f"Push rejected, someone else pushed {update.branch}: fetch, then push again"
            )
        if await objects.kind(update.new) != "commit":
            raise PushDeclined(
                f"Push rejected, {update.branch} must be a commit: for a tag, push <tag>^{{commit}}"
            )
        for path in await objects.check_tree(update.new):
            await self._say(
                f" !     {path} is a submodule: Heroku fetches it, the local Heroku does not"
            )
        build = await self._built(update.new, objects)
        if build.release_id is None:
            await self._fail()
        await self._say("")
        await self._say("Verifying deploy... done.")
        if build.status != "succeeded":
            await self._show_failed_release()
        await objects.make_default(update.reference)

    async def _built(self, commit: str, objects: ObjectStore) -> Build:
        platform = self._platform
        key = platform.uploads.reserve()
        if file := platform.uploads.find(key):
            await objects.archive(commit, file)
        await self._say("Compressing source files... done.")
        await self._say("Building source:")
        await self._say("")
        if self._abandoned:
            raise PushDeclined("Push rejected, the client disconnected")
        new = NewBuild(url=platform.settings.stream("source", key), commit=commit)
        build = self._build = platform.builds.start(self._app, new)
        pending = b""
        async for chunk in platform.outputs.follow(build.output):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                await self._say(line.decode(errors="replace"))
        return platform.store.find(Build, build.id) or build

    async def _fail(self) -> None:
        await self._say("")
        await self._say(" !     Push failed")
        await self._say("Verifying deploy...")
        raise PushDeclined(f"Push rejected to {self._app.name}.")

    async def _show_failed_release(self) -> None:
        """Report a failed release; as on Heroku, the branch moves anyway."""
        running = releases.current(self._platform, self._app)
        await self._say("Waiting for release.... failed.")
        if running:
            await self._say(f" !     v{running.version} keeps running. The commit was accepted:")
        await self._say(" !     to release again, push another commit, such as an empty one.")


def _check_reference(update: RefUpdate) -> None:
    """Raise PushDeclined for a reference only for Git's internal use; deleting it is allowed."""
    name = printable(update.reference)
    if update.deletes:
        return
    if not update.reference.startswith(ACCEPTED_PREFIXES):
        raise PushDeclined(f"Push rejected, {name} is neither a branch nor a tag")
    for deployed in DEPLOYED_BRANCHES:
        if update.reference.startswith(f"{deployed}/"):
            branch = deployed.removeprefix("refs/heads/")
            raise PushDeclined(f"Push rejected, {name} conflicts with the branch {branch}")


@dataclass(frozen=True)
class ObjectStore:
    """A repository together with what is being pushed to it."""

    repository: Path
    quarantine: str

    async def target(self, reference: str) -> str:
        """Return the commit that a reference points to, empty if there is none."""
        return await self._git("for-each-ref", "--format=%(objectname)", reference)

    async def kind(self, name: str) -> str:
        """Return the kind of an object, such as commit or tag."""
        return await self._git("cat-file", "-t", name)

    async def check_tree(self, commit: str) -> list[str]:
        """Return the paths of the commit's submodules.

        Raises:
            TreeRefused: the commit's files cannot become a source.
        """
        arguments = ("ls-tree", "-r", "-t", "-l", "-z", "--full-tree", commit)
        async with aclosing(entries(self.repository, *arguments, env=self._folders)) as found:
            return await tree.check(found)

    async def archive(self, commit: str, file: Path) -> None:
        """Write an archive of the commit's files, in one top folder, as builds take it."""
        await self._git("archive", "--format=tar", "--prefix=source/", f"--output={file}", commit)

    async def make_default(self, reference: str) -> None:
        """Make the reference the one that a clone checks out."""
        await self._git("symbolic-ref", "HEAD", reference)

    async def _git(self, *arguments: str) -> str:
        return await git(self.repository, *arguments, env=self._folders)

    @property
    def _folders(self) -> dict[str, str]:
        folder = str(self.repository / "objects")
        return {
            "GIT_OBJECT_DIRECTORY": self.quarantine or folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": folder,
        }
