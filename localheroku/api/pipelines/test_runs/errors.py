from localheroku.core.errors import NotFoundError, ParamsError


class TestRunNotFoundError(NotFoundError):
    resource = "test_run"
    message = "Couldn't find that test run."


class StatusError(ParamsError):
    message = "Unknown status {status}. Choose one of: {known}."
