"""Measurements: how fast, how often, how large. Nothing here passes or fails by time."""
