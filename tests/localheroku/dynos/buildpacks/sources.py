"""Sources for builds with real package managers: one small package, and one for development."""

from __future__ import annotations

import json
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from localheroku.core.backends import BuildContext
from localheroku.dynos.builder import CompiledSlug, SlugBuilder
from tests.localheroku.dynos.slugs import APP

NODE = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
"""The version of the Node on this machine's PATH, such as v24.1.0."""
MAJOR = f"{NODE.strip().removeprefix('v').partition('.')[0]}.x"
WRITES = "node -e \"require('fs').writeFileSync('built.txt', process.env.NODE_ENV + {})\""
PACKAGES = {"dependencies": {"is-number": "7.0.0"}, "devDependencies": {"is-odd": "3.0.1"}}
DIGESTS = {
    "is-number@7.0.0": (
        "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741"
        "+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng=="
    ),
    "is-number@6.0.0": (
        "sha512-Wu1VHeILBK8KAWJUAiSZQX94GmOE45Rg6/538fKwi"
        "loUu21KncEkYGPqob2oSZ5mUT73vLGrHQjKw3KMPwfDzg=="
    ),
    "is-odd@3.0.1": (
        "sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCV"
        "krhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA=="
    ),
}


def package_json(**fields: object) -> str:
    """Return a package.json whose build script needs the package for development."""
    scripts = {"build": WRITES.format("require('is-odd')(3)"), "heroku-cleanup": "ls node_modules"}
    content = {"name": "shop", "private": True, "engines": {"node": MAJOR}, "scripts": scripts}
    return json.dumps(content | PACKAGES | fields)


def npm_lock() -> str:
    def entry(package: str, **more: object) -> dict[str, object]:
        return {"version": package.partition("@")[2], "integrity": DIGESTS[package], **more}

    packages = {
        "": {"name": "shop", **PACKAGES},
        "node_modules/is-number": entry("is-number@7.0.0"),
        "node_modules/is-odd": entry(
            "is-odd@3.0.1", dev=True, dependencies={"is-number": "^6.0.0"}
        ),
        "node_modules/is-odd/node_modules/is-number": entry("is-number@6.0.0", dev=True),
    }
    return json.dumps({"name": "shop", "lockfileVersion": 3, "packages": packages})


def yarn_lock() -> str:
    return f"""# yarn lockfile v1

is-number@7.0.0:
  version "7.0.0"
  integrity {DIGESTS["is-number@7.0.0"]}

is-number@^6.0.0:
  version "6.0.0"
  integrity {DIGESTS["is-number@6.0.0"]}

is-odd@3.0.1:
  version "3.0.1"
  integrity {DIGESTS["is-odd@3.0.1"]}
  dependencies:
    is-number "^6.0.0"
"""


BERRY_LOCK = """\
__metadata:
  version: 8
  cacheKey: 10c0

"is-number@npm:7.0.0":
  version: 7.0.0
  resolution: "is-number@npm:7.0.0"
  checksum: 10c0/b4686d0d3053146095ccd45346461bc8e53b80aeb7671cc52a4de02dbbf7dc0d1d2a986e2fe4ae206984b4d34ef37e8b795ebc4f4295c978373e6575e295d811
  languageName: node
  linkType: hard

"is-number@npm:^6.0.0":
  version: 6.0.0
  resolution: "is-number@npm:6.0.0"
  checksum: 10c0/5da4c68401529675c575878d2760d66f18eaef4b014858577f6003daf66488d7fe4eae684b1e8574e3fa1bb447c6c6c56b8491d2b4b3239da2d32e5f6f218008
  languageName: node
  linkType: hard

"is-odd@npm:3.0.1":
  version: 3.0.1
  resolution: "is-odd@npm:3.0.1"
  dependencies:
    is-number: "npm:^6.0.0"
  checksum: 10c0/89ee2e353c5a3f3bd400c79db1c307a5b3506198ee8169d521e533a9b1d8a08fc95f21a919c084e98845b4286d7ffe309778da03744dfe66c3c1763ab1a030c6
  languageName: node
  linkType: hard

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    is-number: "npm:7.0.0"
    is-odd: "npm:3.0.1"
  languageName: unknown
  linkType: soft
"""  # noqa: E501 - its checksums are long


def pnpm_lock() -> str:
    packages = "".join(
        f"  {package}:\n    resolution: {{integrity: {digest}}}\n"
        for package, digest in sorted(DIGESTS.items())
    )
    return f"""lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      is-number:
        specifier: 7.0.0
        version: 7.0.0
    devDependencies:
      is-odd:
        specifier: 3.0.1
        version: 3.0.1
packages:
{packages}snapshots:
  is-number@6.0.0: {{}}
  is-number@7.0.0: {{}}
  is-odd@3.0.1:
    dependencies:
      is-number: 6.0.0
"""


@dataclass
class Workbench:
    """A builder, and the output of its last build."""

    folder: Path
    builder: SlugBuilder
    output: list[str] = field(default_factory=list)

    async def build(
        self, files: dict[str, str], *buildpacks: str, **config_vars: str
    ) -> CompiledSlug:
        """Build a source of these files."""
        self.output.clear()
        archive = self.folder / "source.tgz"
        with tarfile.open(archive, "w:gz") as tar:
            for name, text in files.items():
                path = self.folder / "files" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                tar.add(path, name)
        context = BuildContext(APP, config_vars, buildpacks=buildpacks)
        return await self.builder.build("b-1", archive, self.output.append, context)

    def has(self, text: str) -> bool:
        return any(text in line for line in self.output)
