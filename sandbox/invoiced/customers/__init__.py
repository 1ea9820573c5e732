"""Customers: the businesses and people that are billed."""
