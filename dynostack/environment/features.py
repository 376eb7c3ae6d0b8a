"""Features of Heroku Labs and others that an app can turn on.  `heroku features` lists them."""

from typing import Annotated

from dynostack.environment.section import written

FeatureName = Annotated[
    str,
    written(
        "DS143",
        "feature",
        r"[a-z0-9]+(-[a-z0-9]+)*",
        "a feature's name is lowercase letters, digits, and dashes",
        "a name such as http-session-affinity",
    ),
]
Features = dict[FeatureName, bool]
