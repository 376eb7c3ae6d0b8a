from localheroku.core.errors import ParamsError


class TimeFormError(ParamsError):
    message = 'Param time must be a time such as "2026-11-22T14:48:19Z", or null for now.'


class TimeRangeError(ParamsError):
    message = "The time is out of range: choose a year from 1970 to 9000."


class TimeOrAdvanceError(ParamsError):
    message = "Require params: either time or advance (in seconds)."
