"""What a change of an environment would do, as a reviewer wants to read it."""
