"""Apps' Git repositories: a push to one of them builds and releases the app.

https://devcenter.heroku.com/articles/git
"""
