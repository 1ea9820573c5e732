"""CONTRACTS: what travels between the rooms and to other teams."""
