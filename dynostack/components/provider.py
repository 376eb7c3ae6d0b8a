"""The connection to Heroku.

The plugin reads HEROKU_API_KEY and HEROKU_API_URL from its environment.  They are no inputs: an
input is in the state, where two people with a key each would undo one another's.
"""

import pulumiverse_heroku as heroku


def heroku_provider() -> heroku.Provider:
    """Return the one provider of a stack; config vars that it did not set stay out of the state."""
    return heroku.Provider(
        "heroku",
        customizations=[
            heroku.ProviderCustomizationArgs(
                set_addon_config_vars_in_state=False,
                set_app_all_config_vars_in_state=False,
            )
        ],
    )
