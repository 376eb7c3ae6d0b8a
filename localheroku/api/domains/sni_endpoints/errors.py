from localheroku.core.errors import NotFoundError, ParamsError


class SniEndpointNotFoundError(NotFoundError):
    resource = "sni_endpoint"
    message = "Couldn't find that SNI endpoint."


class SslEndpointNotFoundError(NotFoundError):
    resource = "ssl_endpoint"
    message = "Couldn't find that SSL endpoint."


class CertificateError(ParamsError):
    message = "Certificate cannot be used: {reason}."
