"""Reading and validation of a stack's file."""
