"""Repair after a killed update: its lock, interrupted operations, and billed add-ons."""
