"""The pure core: events in, rows and outputs out. No clock, no randomness, no I/O."""
