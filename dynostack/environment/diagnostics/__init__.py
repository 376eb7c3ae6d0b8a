"""What is found in an environment's file, and where."""
