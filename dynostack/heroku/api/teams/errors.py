from dynostack.heroku.errors import NotFoundError, ParamsError


class TeamNotFoundError(NotFoundError):
    resource = "team"
    message = "Couldn't find that team."


class MemberNotFoundError(NotFoundError):
    resource = "team member"
    message = "Couldn't find that team member."


class MemberTakenError(ParamsError):
    message = "{email} is already a member of team {team}."


class RoleError(ParamsError):
    message = "There is no role {role}. Choose one of: {known}."


class LastAdminError(ParamsError):
    message = "Team {team} must keep at least one admin."
