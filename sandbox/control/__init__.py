"""What both simulators share: the `/_sandbox` layer (log, faults, clock, switches) and the way to serve."""

from .clock import Clock
from .fault import Fault
from .faults import Faults
from .serve import main, serve
from .stale import Stale, older_records
from .store import open_store
from .wrap import wrap

__all__ = ["Clock", "Fault", "Faults", "Stale", "main", "older_records", "open_store", "serve", "wrap"]
