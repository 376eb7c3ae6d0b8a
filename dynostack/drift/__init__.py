"""`dynostack drift`: compares a stack's file with everything that its app has on Heroku."""
