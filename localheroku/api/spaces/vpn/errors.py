from localheroku.core.errors import NotFoundError, ParamsError


class VpnNotFoundError(NotFoundError):
    """The VPN connection does not exist; the Terraform provider keeps waiting after this message.

    https://github.com/heroku/terraform-provider-heroku resource_heroku_space_vpn_connection.go
    """

    resource = "vpn_connection"
    message = "VPN is not found"


class VpnNameTakenError(ParamsError):
    message = "Name is already taken"


class VpnNameFormError(ParamsError):
    message = "Name can only contain letters, digits, dashes and underscores."


class VpnAddressError(ParamsError):
    message = "public_ip {value} is not an IPv4 address."


class NoRangesError(ParamsError):
    message = "routable_cidrs must contain at least one address range, such as 10.1.0.0/16."
