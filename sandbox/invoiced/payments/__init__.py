"""Payments: money received, and the invoices it is applied to."""
