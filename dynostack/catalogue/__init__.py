"""Commands around the catalogue of `config`: `dynostack plans` and `catalogue update`."""
