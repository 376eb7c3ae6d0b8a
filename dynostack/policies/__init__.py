"""A policy pack that lets the Pulumi engine enforce rules."""
