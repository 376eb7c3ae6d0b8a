"""Heroku's data API, one folder for each resource, which `heroku pg` and related commands call.

Heroku serves it from a separate host, https://api.data.heroku.com, and does not publish its schema.
This implementation follows the requests and the tests of https://github.com/heroku/cli.
"""
