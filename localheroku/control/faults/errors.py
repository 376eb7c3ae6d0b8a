from localheroku.core.errors import NotFoundError, ParamsError


class FaultNotFoundError(NotFoundError):
    resource = "fault"
    message = "Couldn't find that fault."


class FaultKindError(ParamsError):
    message = 'There is no fault "{kind}". There are: {known}.'


class FaultRouteError(ParamsError):
    message = (
        'The local Heroku has no endpoint "{route}". Write one as its documentation does, such as '
        '"POST /apps/{{app}}/addons".'
    )
