"""Contacts: the people of a customer, reached below it only."""
