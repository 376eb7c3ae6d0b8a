from localheroku.core.errors import ApiError, NotFoundError, ParamsError


class InvitationNotFoundError(NotFoundError):
    resource = "team_invitation"
    message = "Couldn't find that team invitation."


class MemberAlreadyError(ParamsError):
    message = "{email} is already a member of team {team}."


class OtherInviteeError(ApiError):
    id = "forbidden"
    status = 403
    message = "The invitation is for {email}. Only that user can accept it."
