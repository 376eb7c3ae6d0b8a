"""From a stack's file to a validated environment."""
