"""The commands `dynostack plans` and `dynostack catalogue update`."""
