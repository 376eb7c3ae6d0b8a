"""What `dynostack new` says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from dynostack.environment import examine
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.django.procfile import PROCFILE
from dynostack.environment.section import listed
from dynostack.scaffold.github_workflows import GitHubWorkflows
from dynostack.scaffold.project import NewProject
from dynostack.scaffold.settings_module import is_for_development

ENVIRONMENTS = ("review", "production")
"""The environments of the jobs on GitHub, which have the secrets."""
KINDS = {"secrets": "secret", "vars": "variable"}
"""Context -> the name that GitHub has for its values."""
LINES = "dynostack django settings local"
"""The command that prints the lines which the repository lacks."""


def report(project: NewProject) -> Iterator[str]:
    """Yield the files that were written, what they lack, and what to do next."""
    into = project.into
    folder = "" if str(into) == "." else f"cd {into} && "
    for name in project.files:
        yield f"wrote {into / name}"
    if ignored := project.ignored():
        yield (
            "the repository's .gitignore hides some of these files; add them with:"
            f" git add --force {shlex.join(ignored)}"
        )
    if project.django is None:
        yield f"next: {folder}dynostack adopt APP"
        return
    wishes = project.wishes
    others = [str(each) for each in project.repository.django_projects if each != project.django]
    if others:
        yield f"the Django project is {project.django}; others are in {', '.join(others)}"
    if wishes.settings:
        yield f"the settings module is {wishes.settings}"
        if is_for_development(wishes.settings):
            yield (
                "this is a name for development: if production has another settings module, write"
                " it to Pulumi.prod.yaml"
            )
    else:
        yield "found no settings module: set DJANGO_SETTINGS_MODULE in both Pulumi.*.yaml files"
    if wishes.heroku_name:
        local, production = project.local.app, project.production.app
        called = (
            f"both apps are called {local}"
            if local == production
            else f"the apps are called {local} and {production}"
        )
        yield f"{called}, because ALLOWED_HOSTS accepts no other name"
    if wishes.domain:
        yield (
            f"Pulumi.local.yaml has the domain {wishes.domain}, because ALLOWED_HOSTS accepts no"
            " app's own name; add your domains to Pulumi.prod.yaml"
        )
    if wishes.python:
        yield f"the app asks for Python {wishes.python}"
    if not wishes.has_processes:
        place = wishes.source / PROCFILE
        yield f"there is no {place}, and the site needs one; print its lines with: {folder}{LINES}"
    for note in wishes.unused:
        yield f"not used: {note}"
    for name in wishes.missing:
        yield (
            f"{name} has a placeholder in Pulumi.local.yaml; to set its real value, run:"
            f" dynostack secret set local {name}"
        )
    for name in project.local.unset:
        yield f"{name} is not set in Pulumi.local.yaml; run: dynostack secret set local {name}"
    unset = ", ".join(("account", *project.production.unset))
    yield f"your team has to add to Pulumi.prod.yaml: {unset}"
    examined = examine(LOCAL_STACK, project.folder, project_rules=False)
    if errors := sorted({each.code for each in examined.errors}):
        yield f"next: correct {listed(errors)}; to see them: {folder}dynostack check {LOCAL_STACK}"
        yield f"and then: {folder}dynostack up"
    else:
        yield f"next: {folder}dynostack up"
    install = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
    yield f"in another clone: {folder}{install}"
    yield "and then: .venv/bin/dynostack up"


def report_workflows(workflows: GitHubWorkflows) -> Iterator[str]:
    """Yield the workflows that were written, and what their repository needs."""
    for name in workflows.files:
        yield f"wrote {name}"
    if workflows.are_built():
        yield (
            "Heroku's build includes these files, so each change to them starts a new build;"
            " to leave them out, add the line .github/ to .slugignore"
        )
    names = " and ".join(ENVIRONMENTS)
    yield f"on GitHub, create the environments {names}, and set in both what your stacks use:"
    yield ", ".join(f"{name} ({KINDS[context]})" for name, context in workflows.secrets.items())
