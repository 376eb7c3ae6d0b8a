"""Heroku's data API, one folder a resource: what `heroku pg` and its like call for databases.

Heroku serves it from a host of its own, https://api.data.heroku.com, and publishes no schema of it;
the sources are the calls and the tests of https://github.com/heroku/cli.
"""
