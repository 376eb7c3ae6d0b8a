from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class AddonNotFoundError(NotFoundError):
    resource = "addon"
    message = "Couldn't find that add-on."


class AddonNotResolvedError(NotFoundError):
    """The error of the endpoint that resolves add-ons, which names the resource differently.

    Clients check this name: https://github.com/heroku/cli/blob/main/src/lib/addons/resolve.ts
    """

    resource = "add_on"
    message = "Couldn't find that add on."


class AmbiguousAddonError(ParamsError):
    id = "multiple_matches"
    message = "Ambiguous identifier; multiple matching add-ons found: {names}."


class PlanUnknownError(ParamsError):
    message = 'Couldn\'t find either the add-on service or the add-on plan of "{plan}".'


class PlanRetiredError(ParamsError):
    """The plan is retired.

    Source: https://github.com/heroku/terraform-provider-heroku/issues/386
    """

    message = "{reason}"


class PlanPrivateError(ParamsError):
    message = "Plan {plan} is only available to apps in a private space."


class ConfigValueError(ParamsError):
    message = "{reason}"


class AddonNameFormError(ParamsError):
    message = (
        "Name must start with a letter and can only contain letters, digits, underscores and "
        "dashes. It is at most 256 characters long."
    )


class AddonNameTakenError(ParamsError):
    message = "Name is already taken"


class ServiceChangeError(ParamsError):
    message = "Cannot change add-on {addon} to another service. Choose a plan of {service}."


class PlanTierError(ApiError):
    """The change of plan would need a copy of the database.

    https://devcenter.heroku.com/articles/updating-heroku-postgres-databases
    """

    id = "addon_error"
    status = 422
    message = (
        "Cannot change {addon} from {old} to {new} in place: {tier}-tier databases can only "
        "change to another plan in that tier, and databases of other tiers cannot change to it. "
        "Create a database of the new plan and use pg:copy instead."
    )


class ProvisionError(ApiError):
    id = "addon_error"
    status = 503
    message = "The service of add-on {addon} failed: {reason}"
