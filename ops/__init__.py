"""RUNNING IT: settings, the command line, worker entry, health and metrics."""
