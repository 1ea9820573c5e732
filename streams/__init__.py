"""MIDDLE: the stream processor."""
