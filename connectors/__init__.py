"""EDGES: the only rooms that speak to other people's APIs."""
