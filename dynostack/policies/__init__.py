"""What is forbidden, enforced by the engine itself."""
