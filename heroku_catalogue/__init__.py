"""What Heroku offers, as data: names, plans, prices, limits and end dates, each below its source.

Checks and reviews (`dynostack.environment.catalogue`) and the local Heroku
(`localheroku.core.catalogue`) read the same files.
"""
