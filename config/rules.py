"""The rules of shop: Pydantic validators, which `dynostack check` and `pulumi preview` run.

https://docs.pydantic.dev/latest/concepts/validators/
"""

from pydantic import ValidationInfo

from dynostack.environment import App, Formation, RuleViolation

PRODUCTION = "prod"


def app_is_named_by_stage(app: App, info: ValidationInfo) -> App:
    """Reject an app name that does not show the stage."""
    stage = _stage(info)
    expected = "acme-shop" if stage == PRODUCTION else f"acme-shop-{stage}"
    if app.name != expected:
        raise RuleViolation(
            f'app name "{app.name}" does not match the stack {stage}', expected, path=("name",)
        )
    return app


def production_runs_two_web_dynos(formation: Formation, info: ValidationInfo) -> Formation:
    """Reject a production stack that is down whenever Heroku restarts its only web dyno.

    https://devcenter.heroku.com/articles/dynos#automatic-dyno-restarts
    """
    web = formation.get("web")
    if _stage(info) == PRODUCTION and web and web.quantity < 2:
        message = f"production runs {web.quantity} web dyno and is down while it restarts"
        raise RuleViolation(message, "2 or more", path=("web", "quantity"))
    return formation


def _stage(info: ValidationInfo) -> str:
    """Return the name of the stack; the stacks of shop are named after their stages."""
    return str((info.context or {})["stack"])
