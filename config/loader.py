"""From `Pulumi.<stack>.yaml` to a validated Environment, or to everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

from pydantic import SecretStr, ValidationError

from config import document
from config.document import Document, NotYaml
from config.environment import Environment
from config.errors import EnvironmentErrors, Mistake
from config.page import Page
from config.section import near, one_of
from config.tree import Path as Keys
from config.words import Told, told

PROJECT_FILE = "Pulumi.yaml"


def load(
    stack: str, directory: Path | None = None, decrypted: Mapping[str, object] | None = None
) -> Environment:
    """Read and validate the environment of a stack; no network, no decryption.

    Args:
        stack: name of the stack; its file is `Pulumi.<stack>.yaml`.
        directory: where Pulumi.yaml is; the current directory when absent.
        decrypted: section -> its value with secrets in plain text, as the engine gives it.  Only
            secrets are taken from it, and all else must be as in the file; without it every
            secret is "".

    Raises:
        EnvironmentErrors: all that is wrong with the file.
    """
    directory = directory or Path.cwd()
    project, file = _project(directory), f"Pulumi.{stack}.yaml"
    page = Page.of(file, project, _read(directory, file))
    wrong, environment = list(page.odd), None
    try:
        environment = Environment.model_validate(_with_secrets(page.tree.root, decrypted))
        wrong += _folders(environment, directory)
        if decrypted is not None:
            wrong += _unlike(page.tree.root, decrypted, ())
    except ValidationError as error:
        wrong += told(error.errors(include_url=False), page.tree, project)
    if environment is None or wrong:
        raise EnvironmentErrors(page.mistakes(wrong))
    return environment


def _project(directory: Path) -> str:
    root = _read(directory, PROJECT_FILE).tree.root
    name = root.get("name") if isinstance(root, dict) else None
    if not isinstance(name, str):
        raise EnvironmentErrors([Mistake(PROJECT_FILE, "the project has no name", "name: shop")])
    return name


def _read(directory: Path, file: str) -> Document:
    try:
        return document.read((directory / file).read_bytes())
    except NotYaml as error:
        mistake = Mistake(file, error.says, error.write, error.place)
    except FileNotFoundError:
        mistake = _not_there(directory, file)
    except OSError as error:
        mistake = Mistake(file, f"the file cannot be read: {error.strerror}", "a readable file")
    raise EnvironmentErrors([mistake])


def _not_there(directory: Path, file: str) -> Mistake:
    if file == PROJECT_FILE:
        return Mistake(file, "the file is not here", "it, or run this in the project's folder")
    stacks = sorted(path.name.split(".")[1] for path in directory.glob("Pulumi.*.yaml"))
    stack = file.removeprefix("Pulumi.").removesuffix(".yaml")
    write = one_of(stack, stacks) if stacks else f"{file}, with config: and its sections"
    return Mistake(file, f'there is no file for the stack "{stack}"', write)


def _with_secrets(root: object, decrypted: object) -> object:
    """The tree with the secrets that the engine decrypted; one it did not give stays empty."""
    if isinstance(root, SecretStr):
        return SecretStr(decrypted) if isinstance(decrypted, str) else root
    if isinstance(root, dict):
        given = decrypted if isinstance(decrypted, Mapping) else {}
        return {key: _with_secrets(value, given.get(key)) for key, value in root.items()}
    if isinstance(root, list):
        entries = decrypted if isinstance(decrypted, list) else []
        return [_with_secrets(*pair) for pair in zip_longest(root, entries[: len(root)])]
    return root


def _unlike(written: object, given: object, path: Keys) -> Iterator[Told]:
    """Where the engine has another value than the file, as with `--config` or `--config-file`."""
    if isinstance(written, dict) and isinstance(given, Mapping):
        for key in {**written, **given}:
            yield from _unlike(written.get(key), given.get(key), (*path, key))
    elif isinstance(written, list) and isinstance(given, list) and len(written) == len(given):
        for index, pair in enumerate(zip(written, given, strict=True)):
            yield from _unlike(*pair, (*path, index))
    elif not (written == given or (isinstance(written, SecretStr) and isinstance(given, str))):
        yield Told(path, "pulumi was given another value than this file has", "it in this file")


def _folders(environment: Environment, directory: Path) -> Iterator[Told]:
    source = environment.app.source
    if source is None or (directory / source).is_dir():
        return
    beside = (directory / source).parent
    there = [f"{path.relative_to(directory)}" for path in beside.glob("*") if path.is_dir()]
    write = one_of(source, there) if near(source, there) else "a folder as seen from Pulumi.yaml"
    yield Told(("app", "source"), f'source "{source}" is not a folder here', write)
