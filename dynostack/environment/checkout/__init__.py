"""The files of a checkout that Heroku builds: those that Git would deploy."""
