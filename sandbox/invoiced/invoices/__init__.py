"""Invoices: what a customer is asked to pay, line by line, and how far that has come."""
