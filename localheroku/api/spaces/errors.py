from localheroku.core.errors import NotFoundError, ParamsError


class SpaceNotFoundError(NotFoundError):
    resource = "space"
    message = "Couldn't find that space."


class SpaceNameFormError(ParamsError):
    message = (
        "Name can only contain lowercase letters, digits, and single dashes between them. It is 3 "
        "to 30 characters long."
    )


class SpaceNameTakenError(ParamsError):
    message = "Name is already taken"


class SpaceRegionError(ParamsError):
    message = "Region {region} has no private spaces. Choose one of: {known}."


class CidrError(ParamsError):
    message = (
        "{name} must be a {sizes} range in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, not "
        "{value}."
    )


class OverlapError(ParamsError):
    message = "cidr {cidr} and data_cidr {data_cidr} must not overlap."


class AddressRangeError(ParamsError):
    message = "{value} is not a range of IPv4 addresses. Use CIDR notation, such as 203.0.113.0/24."


class SpaceGenerationError(ParamsError):
    message = "The local Heroku does not support generation {generation}. Choose {known}."


class SpaceFeatureError(ParamsError):
    message = "The local Heroku does not support the space feature {feature}."


class NotAllocatedError(ParamsError):
    message = "Space {space} is not allocated yet."


class AppsLeftError(ParamsError):
    message = "Space {space} still has apps: {apps}. Destroy them first."
