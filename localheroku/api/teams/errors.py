from localheroku.core.errors import ForbiddenError, NotFoundError, ParamsError


class TeamNotFoundError(NotFoundError):
    resource = "team"
    message = "Couldn't find that team."


class TeamForbiddenError(ForbiddenError):
    """The caller is not a member of the team.

    Source: heroku/cli, packages/heroku-orgs/test/commands/apps/join.js, when teams were called
    organizations.
    """

    message = "You do not have access to the team {team}."


class RoleNeededError(ForbiddenError):
    message = (
        "You do not have permission to {action} {team}. You need to have the {roles} role in this "
        "team."
    )


class TeamNameFormError(ParamsError):
    message = (
        "Name must start with a letter, end with a letter or digit, and can only contain lowercase "
        "letters, digits, and dashes. It is 3 to 30 characters long."
    )


class TeamNameTakenError(ParamsError):
    message = "Name is already taken"


class TeamNotEmptyError(ParamsError):
    message = "Team {team} still has {things}: {names}. Remove or transfer them first."


class MemberNotFoundError(NotFoundError):
    resource = "team member"
    message = "Couldn't find that team member."


class MemberTakenError(ParamsError):
    message = "{email} is already a member of team {team}."


class RoleError(ParamsError):
    message = "Unknown role {role}. Choose one of: {known}."


class LastAdminError(ParamsError):
    message = "Team {team} must keep at least one admin."
