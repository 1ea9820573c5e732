"""What a CRM may do one way or the other, with the position each switch starts in."""

TOTALS_COMPUTED = "crm.totals_computed"  # on: LineTotal, Subtotal and TotalAmount are the CRM's own
DRAFT_RETURNS = "crm.draft_returns"  # on: an order that was issued can be made a draft again

SWITCHES = {TOTALS_COMPUTED: False, DRAFT_RETURNS: True}
