"""A project's own rules: their import, the exceptions they may raise, and the messages."""

import base64
import json
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from dynostack.environment import Diagnostic, examine
from tests.environment.conftest import LEAST

Rules = Callable[..., Path]

HEAD = """
from __future__ import annotations
from typing import Annotated, Literal
from pydantic import Discriminator, Field, Tag, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
import dynostack.environment
from dynostack.environment import RuleViolation, Section
"""
RULE = """
class Environment(dynostack.environment.Environment):
    @field_validator("app")
    @classmethod
    def rule(cls, value):
        {}
"""
SECRET = 'S3cret-of-two\nlines, "both" long'


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    """Write a project with its own `config` package, and other files as path=text."""

    def write(code: str, sections: str = "", name: str = "shop", **others: str) -> Path:
        directory = tmp_path / name
        files = {
            "Pulumi.yaml": "name: shop\nruntime: python\n",
            "Pulumi.x.yaml": LEAST + textwrap.indent(sections, "  "),
            "config/__init__.py": HEAD + textwrap.dedent(code),
            **others,
        }
        for file, text in files.items():
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / file).write_text(text, "utf-8")
        return directory

    return write


def said(directory: Path) -> list[str]:
    return [each.headline for each in examine("x", directory).diagnostics]


def only(directory: Path) -> Diagnostic:
    (diagnostic,) = examine("x", directory).diagnostics
    return diagnostic


@pytest.mark.parametrize("stop", ["raise SystemExit(0)", "import sys; sys.exit()"])
def test_an_exit_is_a_failure(rules: Rules, stop: str) -> None:
    assert only(rules(RULE.format(stop))).code == "DS603"
    importing = rules(f"{stop}\n{RULE.format('return value')}", name="other")
    assert only(importing).code == "DS603"


def test_an_exception_that_cannot_be_shown(rules: Rules) -> None:
    mute = "class Mute({}):\n    def __str__(self): raise RuntimeError\n"
    directory = rules(mute.format("Exception") + RULE.format("raise Mute()"))
    assert said(directory) == ["DS603  a rule of the project failed: Mute"]


@pytest.mark.parametrize("refusal", ["assert value is None", "raise ValueError"])
def test_a_refusal_without_a_message(rules: Rules, refusal: str) -> None:
    directory = rules(RULE.format(refusal))
    assert said(directory) == ["DS601  shop:app  a rule of the project rejects this value"]


def test_a_long_message_is_shortened_and_on_one_line(rules: Rules) -> None:
    diagnostic = only(rules(RULE.format("raise ValueError('so\\n many  words ' + 'x' * 5000)")))
    assert diagnostic.message.startswith("so many words xxx")
    assert len(diagnostic.message) == 300


def test_a_single_key_as_a_path(rules: Rules) -> None:
    directory = rules(RULE.format("raise RuleViolation('no', 'yes', path='name')"))
    assert only(directory).section == "shop:app.name"


def test_a_rule_of_the_whole_environment_is_shown_at_config(rules: Rules) -> None:
    code = """
    class Environment(dynostack.environment.Environment):
        @model_validator(mode="after")
        def rule(self):
            raise ValueError("no")
    """
    assert str(only(rules(code))).splitlines()[:2] == [
        "Pulumi.x.yaml:1:1  DS601  no",
        "    1 | config:",
    ]


def test_a_validator_that_returns_nothing_is_an_error(rules: Rules) -> None:
    code = """
    class Environment(dynostack.environment.Environment):
        @model_validator(mode="after")
        def rule(self):
            pass
    """
    assert said(rules(code)) == ["DS603  a validator of Environment returns NoneType"]


def test_an_error_with_a_pydantic_type_and_no_context(rules: Rules) -> None:
    directory = rules(RULE.format("raise PydanticCustomError('too_short', 'no')"))
    assert said(directory) == ["DS602  shop:app  app no"]


def test_a_rule_imports_when_it_runs(rules: Rules) -> None:
    code = RULE.format("from config.late import check; check()")
    late = "def check(): raise ValueError('late')"
    assert said(rules(code, **{"config/late.py": late})) == ["DS601  shop:app  late"]


def test_a_class_may_be_defined_after_the_environment(rules: Rules) -> None:
    code = """
    class Environment(dynostack.environment.Environment):
        backup: Backup | None = None

    class Backup(Section):
        hour: int = Field(le=23)
    """
    directory = rules(code, "shop:backup: { hour: 24 }\n")
    assert said(directory) == ["DS602  shop:backup.hour  hour must be 23 or less"]


@pytest.mark.parametrize("field", ["other: Unknown = None", "other: object() = None"])
def test_a_class_that_pydantic_cannot_use(rules: Rules, field: str) -> None:
    code = f"class Environment(dynostack.environment.Environment):\n    {field}\n"
    assert only(rules(code)).code == "DS603"


def test_projects_with_modules_of_the_same_name(rules: Rules) -> None:
    code = "from words import WORD\n" + RULE.format("raise ValueError(WORD)")
    before = set(sys.modules)
    for word in ("first", "second"):
        directory = rules(code, name=word, **{"words.py": f"WORD = {word!r}"})
        assert said(directory) == [f"DS601  shop:app  {word}"]
    assert not {"words"} & (set(sys.modules) - before)


def test_a_link_of_another_name(rules: Rules) -> None:
    directory = rules(RULE.format("raise ValueError('linked')"))
    (directory / "config").rename(directory.parent / "rules")
    (directory / "config").symlink_to(directory.parent / "rules")
    assert said(directory) == ["DS601  shop:app  linked"]


def test_printed_text_is_not_part_of_the_report(
    rules: Rules, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not said(rules("print('imported')\n" + RULE.format("print('ran'); return value")))
    assert capsys.readouterr() == ("", "imported\nran\n")


def test_an_environment_that_does_not_mention_dynostack_is_not_imported(rules: Rules) -> None:
    directory = rules("")
    text = "from enum import Enum\nimport missing\nclass Environment(Enum):\n    PROD = 1\n"
    (directory / "config/__init__.py").write_text(text)
    assert not said(directory)


def test_packages_installed_inside_the_project_are_not_its_own(rules: Rules) -> None:
    code = """
    import sys
    from pathlib import Path
    sys.path.append(str(Path(__file__).parents[1] / ".venv"))
    """
    code = textwrap.dedent(code) + RULE.format("import installed13; installed13.fail()")
    installed = "def fail(): raise KeyError('inside')"
    diagnostic = only(rules(code, **{".venv/installed13.py": installed}))
    assert diagnostic.file == "config/__init__.py"


def test_types_that_yaml_does_not_have(rules: Rules) -> None:
    code = """
    from datetime import date
    from enum import Enum

    class Level(Enum):
        LOW = "low"

    class Environment(dynostack.environment.Environment):
        level: Level | None = Field(None, strict=False)
        since: date | None = Field(None, strict=False)
        ratio: float = Field(0, strict=False)
    """
    right = 'shop:level: "low"\nshop:since: "2026-12-01"\nshop:ratio: "0.5"\n'
    assert not said(rules(code, right))
    wrong = rules(code, right.replace("low", "none"), name="wrong")
    assert said(wrong) == ["DS602  shop:level  level must be 'low'"]


UNION = """
class Mail(Section):
    kind: Literal["mail"]
    to: str

class Hook(Section):
    kind: Literal["hook"]
    port: int

class Environment(dynostack.environment.Environment):
    alert: Annotated[Mail | Hook, Field(discriminator="kind")] | None = None
    several: list[Mail] | None = None
    called: Annotated[
        Annotated[Mail, Tag("to")] | Annotated[Hook, Tag("port")],
        Discriminator(lambda value: "to" if "to" in value else None),
    ] | None = None
"""


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "alert: { kind: mail, to: 5 }",
            "DS118  shop:alert.to  to must be text, but is the number 5",
        ),
        ("alert: { kind: hook }", "DS116  shop:alert.port  port is missing"),
        ("alert: { kind: pager }", "DS602  shop:alert.kind  kind must be 'mail', 'hook'"),
        (
            "called: { to: 5, kind: mail }",
            "DS118  shop:called.to  to must be text, but is the number 5",
        ),
        (
            "called: { none: mail }",
            "DS602  shop:called  called Unable to extract tag using discriminator <lambda>()",
        ),
        ("alert: { to: me }", "DS116  shop:alert.kind  kind is missing"),
    ],
)
def test_unions(rules: Rules, section: str, expected: str) -> None:
    assert said(rules(UNION, f"shop:{section}\n")) == [expected]


def test_an_unknown_key_in_an_optional_list(rules: Rules) -> None:
    directory = rules(UNION, "shop:several: [{ kind: mail, to: me, from: you }]\n")
    assert only(directory).suggestion == "one of kind, to"


TOKEN = """
class Own(Section):
    token: SecretStr
    count: int = 1

    @field_validator("token")
    @classmethod
    def rule(cls, value):
        secret = value.get_secret_value()
        {}
        return value

class Environment(dynostack.environment.Environment):
    own: Own | None = None
"""


@pytest.mark.parametrize(
    ("repeated", "form"),
    [
        ("secret", SECRET),
        ("repr(secret)", repr(SECRET)),
        ("secret.upper()", SECRET.upper()),
        ("secret[:12] + '...'", SECRET[:12]),
        ("__import__('json').dumps(secret)", json.dumps(SECRET)),
        ("secret.splitlines()[1]", SECRET.splitlines()[1]),
        ("__import__('urllib.parse').parse.quote(secret)", quote(SECRET)),
        (
            "__import__('base64').b64encode(secret.encode()).decode()",
            base64.b64encode(SECRET.encode()).decode(),
        ),
    ],
)
@pytest.mark.parametrize(
    "refusal",
    [
        "raise ValueError({})",
        "raise KeyError({})",
        "raise RuleViolation('no', {})",
        "raise RuleViolation('no', 'yes', ({},))",
        "raise PydanticCustomError('mine', '{{it}}', {{'it': {}}})",
    ],
)
def test_secrets_are_not_repeated(rules: Rules, refusal: str, repeated: str, form: str) -> None:
    directory = rules(
        TOKEN.format(refusal.format(repeated)), "shop:own: { token: { secure: AABBAABB } }\n"
    )
    given = {"account": "ops@acme.example", "app": {"name": "acme-shop"}}
    examined = examine("x", directory, {**given, "own": {"token": SECRET}})
    text = "\n".join(map(str, examined.errors))
    assert "***" in text
    for part in (form, *SECRET.splitlines()):
        assert part.casefold() not in text.casefold()


def test_a_value_with_the_name_of_a_secret_is_not_shown(rules: Rules) -> None:
    directory = rules(TOKEN.format("pass"), "shop:own: { token: plain-text, count: many }\n")
    assert "plain-text" not in str(only(directory))


@pytest.mark.parametrize(
    "line",
    [
        "from .own import *",
        "try:\n    from config.own import Environment\nfinally:\n    pass",
        "from . import own\nEnvironment = own.Environment",
        "from .own import Environment as Environment",
    ],
)
def test_the_class_may_come_from_a_module_of_the_package(rules: Rules, line: str) -> None:
    own = HEAD + RULE.format("raise ValueError('own')")
    directory = rules("", **{"config/own.py": own, "config/__init__.py": line})
    assert said(directory) == ["DS601  shop:app  own"]


@pytest.mark.parametrize("wrong", ["5", "'no', None", "'no', '', None", "'no', '', ({},)"])
def test_a_violation_with_wrong_types_is_reported_at_the_rule(rules: Rules, wrong: str) -> None:
    diagnostic = only(rules(RULE.format(f"raise RuleViolation({wrong})")))
    assert (diagnostic.code, diagnostic.file) == ("DS603", "config/__init__.py")


def test_a_validator_cannot_change_the_file(rules: Rules) -> None:
    code = """
    class Environment(dynostack.environment.Environment):
        @model_validator(mode="before")
        @classmethod
        def rule(cls, values):
            values["domains"] = ["www.acme.example"]
            values["app"]["source"] = "missing"
            return values
    """
    assert not said(rules(code))


@pytest.mark.parametrize("kind", ["list[Mail]", "Sequence[Mail]", "Mapping[str, Mail]"])
def test_an_unknown_key_in_a_collection(rules: Rules, kind: str) -> None:
    code = "from collections.abc import Mapping, Sequence\n" + UNION.replace("list[Mail]", kind)
    mail = "{ kind: mail, to: me, from: you }"
    text = f"{{ one: {mail} }}" if "Mapping" in kind else f"[{mail}]"
    assert only(rules(code, f"shop:several: {text}\n")).suggestion == "one of kind, to"
