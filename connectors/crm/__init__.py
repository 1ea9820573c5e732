"""Any REST CRM, as its profile describes it: requests, answers and paging."""
