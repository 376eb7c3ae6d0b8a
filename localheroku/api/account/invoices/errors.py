from localheroku.core.errors import NotFoundError, ParamsError


class InvoiceNotFoundError(NotFoundError):
    resource = "invoice"
    message = "Couldn't find that invoice. The local Heroku costs nothing."


class CreditNotFoundError(NotFoundError):
    resource = "credit"
    message = "Couldn't find that credit."


class CreditCodeError(ParamsError):
    message = "Code is not that of a credit. The local Heroku has none."
