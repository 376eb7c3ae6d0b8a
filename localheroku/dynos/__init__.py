"""Builds, dynos and their logs."""
