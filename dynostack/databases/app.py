"""One app on Heroku: what a move reads from it and changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.databases.settled import settled
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi

NOT_FOUND = 404
UNPROCESSABLE = 422


@dataclass(frozen=True)
class HerokuApp:
    """One app on Heroku, by its name or id."""

    api: PlatformApi
    name: str

    @property
    def path(self) -> str:
        """Return the app's path in the Platform API."""
        return f"/apps/{self.name}"

    def read(self) -> Mapping[str, Any]:
        """Return the app."""
        found: Mapping[str, Any] = self.api.get(self.path)
        return found

    def config_vars(self) -> dict[str, str]:
        """Return the app's config vars, which are secret."""
        return dict(self.api.get(f"{self.path}/config-vars"))

    def formation(self) -> dict[str, int]:
        """Return the number of dynos of each process type."""
        return {
            each["type"]: each["quantity"] for each in self.api.listing(f"{self.path}/formation")
        }

    def dynos(self) -> list[str]:
        """Return the names of the running dynos, one-off dynos included."""
        return [str(each["name"]) for each in self.api.listing(f"{self.path}/dynos")]

    def attachments(self) -> list[Mapping[str, Any]]:
        """Return the app's attachments."""
        return self.api.listing(f"{self.path}/addon-attachments")

    def last_release(self) -> str:
        """Return the status of the newest release: succeeded, pending, failed or expired."""
        releases = self.api.listing(f"{self.path}/releases")
        newest = max(releases, key=lambda each: int(each["version"]), default={})
        return str(newest.get("status", "succeeded"))

    def set_maintenance(self, wanted: bool) -> None:
        """Turn maintenance mode on or off."""
        settled(
            lambda: True if self.read()["maintenance"] is wanted else None,
            lambda: self.api.send("PATCH", self.path, {"maintenance": wanted}),
            f"turn {'on' if wanted else 'off'} maintenance mode of {self.name}",
        )

    def scale(self, formation: Mapping[str, int]) -> None:
        """Scale the process types in `formation`, except those that the app no longer has."""

        def missing() -> list[dict[str, object]]:
            now = self.formation()
            wanted = {name: number for name, number in formation.items() if name in now}
            return [
                {"type": name, "quantity": number}
                for name, number in wanted.items()
                if now[name] != number
            ]

        settled(
            lambda: None if missing() else True,
            lambda: self.api.send("PATCH", f"{self.path}/formation", {"updates": missing()}),
            f"scale {self.name}",
        )

    def stop_dyno(self, name: str) -> None:
        """Stop a dyno, such as a one-off dyno, unless it has already ended."""
        try:
            self.api.send("POST", f"{self.path}/dynos/{name}/actions/stop")
        except ApiRefusal as refusal:
            if refusal.status not in (NOT_FOUND, UNPROCESSABLE):
                raise
        except ApiError:
            pass  # the caller checks again whether the dyno is gone

    def attach(self, addon: str, name: str, namespace: str | None = None) -> None:
        """Attach an add-on under a name, even if another add-on has that name now."""
        body = {"addon": addon, "app": self.name, "name": name, "confirm": self.name}
        if namespace:
            body["namespace"] = namespace
        settled(
            lambda: True if self.attached(name) == addon else None,
            lambda: self.api.send("POST", "/addon-attachments", body),
            f"attach the database to {self.name} as {name}",
        )

    def attach_anywhere(self, addon: str) -> None:
        """Attach an add-on under a name that Heroku chooses, unless it already has such a name."""
        body = {"addon": addon, "app": self.name, "confirm": self.name}
        settled(
            lambda: self.spare_attachment(addon),
            lambda: self.api.send("POST", "/addon-attachments", body),
            f"keep the database attached to {self.name}",
        )

    def attached(self, name: str) -> str:
        """Return the id of the add-on that is attached under a name; empty if none is."""
        found = (each["addon"]["id"] for each in self.attachments() if each["name"] == name)
        return str(next(found, ""))

    def spare_attachment(self, addon: str) -> str | None:
        """Return the name that Heroku chose for an add-on's attachment; None if there is none."""
        found = (each["name"] for each in self.attachments() if each["addon"]["id"] == addon)
        return next((str(name) for name in found if is_spare(name)), None)


def is_spare(name: str) -> bool:
    """Return whether Heroku chose an attachment's name, such as HEROKU_POSTGRESQL_RED.

    https://devcenter.heroku.com/articles/managing-heroku-postgres-using-cli
    """
    return name.startswith("HEROKU_POSTGRESQL_")
