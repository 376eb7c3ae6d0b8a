"""Reviews of what a change of an environment would do, to be read before it is applied."""
