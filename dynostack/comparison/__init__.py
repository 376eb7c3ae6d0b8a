"""Compare an environment with its app on Heroku."""
