"""Reviews of a change to an environment, for people to read before they apply it."""
