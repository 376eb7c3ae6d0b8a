from localheroku.core.errors import NotFoundError, ParamsError


class FaultNotFoundError(NotFoundError):
    resource = "fault"
    message = "Couldn't find that fault."


class FaultKindError(ParamsError):
    message = 'Unknown fault "{kind}". Known faults: {known}.'


class FaultRouteError(ParamsError):
    message = (
        'The local Heroku has no endpoint "{route}". Write it as its documentation does, such as '
        '"POST /apps/{{app}}/addons".'
    )
