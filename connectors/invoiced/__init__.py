"""What is particular to Invoiced's API: its requests, answers, paging and events."""
