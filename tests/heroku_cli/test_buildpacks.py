"""An app's buildpacks, and the registry of their names."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api

ARCHIVES = "https://buildpack-registry.s3.amazonaws.com/buildpacks/heroku"


async def test_buildpacks_are_added_changed_and_removed(heroku: Heroku, api: Api) -> None:
    await api.app()

    async def stored() -> list[str]:
        installed = await api.get("/apps/shop/buildpack-installations")
        return [each["buildpack"]["url"] for each in installed]

    assert (await heroku("buildpacks", "-a", "shop")).stdout == "shop has no Buildpacks.\n"
    added = await heroku("buildpacks:add", "heroku/python", "-a", "shop")
    assert "Buildpack added. Next release on shop will use heroku/python." in added.stdout
    await heroku("buildpacks:add", "-i", "1", "heroku/nodejs", "-a", "shop")
    assert await stored() == [f"{ARCHIVES}/nodejs.tgz", f"{ARCHIVES}/python.tgz"]
    output = await heroku("buildpacks", "-a", "shop")
    assert output.rows[-2:] == [["1.", "heroku/nodejs"], ["2.", "heroku/python"]]

    await heroku("buildpacks:set", "-i", "2", "https://git.example/pack.git", "-a", "shop")
    assert await stored() == [f"{ARCHIVES}/nodejs.tgz", "https://git.example/pack.git"]
    await heroku("buildpacks:remove", "heroku/nodejs", "-a", "shop")
    assert await stored() == ["https://git.example/pack.git"]
    cleared = await heroku("buildpacks:clear", "-a", "shop")
    assert "Next release on shop will detect buildpacks normally." in cleared.stdout
    assert await stored() == []


async def test_an_unknown_buildpack_is_not_added(heroku: Heroku, api: Api) -> None:
    await api.app()
    for command, name in (("buildpacks:add", "heroku/cobol"), ("buildpacks:set", "bogus")):
        unknown = await heroku(command, name, "-a", "shop", exit_code=2)
        assert "if the name is not in the buildpack registry" in unknown.stderr
    assert await api.get("/apps/shop/buildpack-installations") == []


async def test_the_registry_lists_buildpacks(heroku: Heroku) -> None:
    info = await heroku("buildpacks:info", "heroku/python")
    assert "Builds Python apps." in info.stdout
    assert "https://github.com/heroku/heroku-buildpack-python" in info.stdout
    found = await heroku("buildpacks:search", "--name", "ruby")
    assert "1 buildpack found" in found.stdout
    assert ["heroku/ruby", "languages"] in [row[:2] for row in found.rows]
    versions = await heroku("buildpacks:versions", "heroku/python")
    assert [row[0::2] for row in versions.rows[-1:]] == [["1", "published"]]
    unknown = await heroku("buildpacks:info", "heroku/cobol", exit_code=2)
    assert "Could not find the buildpack 'heroku/cobol'" in unknown.stderr
