"""Tandem under violence: processes killed, put to sleep, wiped and doubled; what must hold all the same."""
