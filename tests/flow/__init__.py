"""Every flow against the real parts: a whole stack for its users' stories, single rooms for the rest."""
