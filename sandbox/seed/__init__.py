"""Realistic organisations in both systems, before the first run."""
