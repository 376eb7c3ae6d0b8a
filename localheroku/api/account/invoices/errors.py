from localheroku.core.errors import NotFoundError, ParamsError


class InvoiceNotFoundError(NotFoundError):
    resource = "invoice"
    message = "Couldn't find that invoice. The local Heroku is free, so it has no invoices."


class CreditNotFoundError(NotFoundError):
    resource = "credit"
    message = "Couldn't find that credit."


class CreditCodeError(ParamsError):
    message = "Credit code is invalid: the local Heroku has no credits."
