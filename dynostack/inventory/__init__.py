"""What Heroku has: one app read from the Platform API, as data."""
