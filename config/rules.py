"""The rules of shop: Pydantic validators, which `dynostack check` and `pulumi preview` run.

https://docs.pydantic.dev/latest/concepts/validators/
"""

from pydantic import ValidationInfo

from dynostack.environment import App, Formation, RuleViolation

PRODUCTION = "prod"


def app_is_named_by_stage(app: App, info: ValidationInfo) -> App:
    """Refuse a name by which nobody sees what the app is for."""
    stage = _stage(info)
    expected = "acme-shop" if stage == PRODUCTION else f"acme-shop-{stage}"
    if app.name != expected:
        raise RuleViolation(f'the app of {stage} is named "{app.name}"', expected, path=("name",))
    return app


def production_runs_two_web_dynos(formation: Formation, info: ValidationInfo) -> Formation:
    """Refuse a production that is away whenever Heroku restarts its one dyno.

    https://devcenter.heroku.com/articles/dynos#automatic-dyno-restarts
    """
    web = formation.get("web")
    if _stage(info) == PRODUCTION and web and web.quantity < 2:
        message = f"production runs {web.quantity} web dyno, and is away while that restarts"
        raise RuleViolation(message, "2 or more", path=("web", "quantity"))
    return formation


def _stage(info: ValidationInfo) -> str:
    """Return the name of the stack; a stack of shop is named by its stage."""
    return str((info.context or {})["stack"])
