"""A site that needs nothing installed."""
