from localheroku.core.errors import NotFoundError, ParamsError


class FaultNotFoundError(NotFoundError):
    resource = "fault"
    message = "Couldn't find that fault."


class KindError(ParamsError):
    message = 'There is no fault "{kind}". There are: {known}.'


class RangeError(ParamsError):
    message = "Param {name} must be {words}."


class RouteError(ParamsError):
    message = (
        'The local Heroku has no endpoint "{route}". Write one as its documentation does, such as '
        '"POST /apps/{{app}}/addons".'
    )
