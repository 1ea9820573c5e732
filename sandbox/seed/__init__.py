"""Realistic organisations, people and products in both systems, before the first run."""
