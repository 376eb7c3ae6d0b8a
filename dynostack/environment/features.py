"""Features that an app can turn on, such as those of Heroku Labs; see `heroku features`."""

from typing import Annotated

from dynostack.environment import derived_names
from dynostack.environment.section import written

FeatureName = Annotated[
    str,
    written(
        "DS143",
        "feature",
        r"[a-z0-9]+(-[a-z0-9]+)*",
        "a feature name can only contain lowercase letters, digits, and single dashes between them",
        "a name such as http-session-affinity",
        derived_names.dashed,
        certain=True,
    ),
]
Features = dict[FeatureName, bool]
