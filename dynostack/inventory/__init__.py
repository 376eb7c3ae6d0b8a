"""The current state of one app, read from the Platform API as data."""
