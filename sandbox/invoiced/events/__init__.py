"""Events: what happened to records, kept and shown newest first."""
