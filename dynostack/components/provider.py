"""The Heroku provider.

The plugin reads HEROKU_API_KEY and HEROKU_API_URL from its environment.  They are not inputs:
inputs are stored in the state, where two people with different keys would overwrite each other's.
"""

import pulumiverse_heroku as heroku


def heroku_provider() -> heroku.Provider:
    """Return the stack's provider; the state omits config vars that Pulumi did not set."""
    return heroku.Provider(
        "heroku",
        customizations=[
            heroku.ProviderCustomizationArgs(
                set_addon_config_vars_in_state=False,
                set_app_all_config_vars_in_state=False,
            )
        ],
    )
