"""The buildpacks that the local Heroku runs, each with its entry in `table.py`."""
