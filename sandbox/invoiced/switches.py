"""Every behaviour of Invoiced that is assumed rather than documented, each with its opposite.

The mark [A] in the fact sheet of the API stands for "no published document confirms it". A connector must
live with both positions; all start on. `GET|PUT /_sandbox/switches` shows and sets them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """One assumed behaviour: what the API does while it is on, and while it is off."""

    name: str
    on: str
    off: str
    default: bool = True


SWITCHES = (
    # conventions
    Switch("error_types_assumed", "error types are invalid_request, rate_limit_error, api_error", "invalid_request and api, as documented"),
    Switch("refusals_are_400", "refused fields and conflicts answer 400", "422 for a field, 409 for a conflict"),
    Switch("tandem_may_write", "Tandem's key may write", "its writes answer 403: the permission is missing"),
    Switch("concurrency_limited", "429 above 20 requests of one key under way", "no limit"),
    Switch("retry_after_absent", "a 429 carries no Retry-After", "Retry-After: 1"),
    # lists
    Switch("per_page_default_25", "25 records a page unless told", "100"),
    Switch("per_page_clamped", "per_page above 100 means 100", "it answers 400"),
    Switch("default_order_is_id", "lists without sort run by id, oldest first", "newest first"),
    Switch("ties_by_id", "records equal in the sorted column run by id", "by descending id"),
    Switch("deep_paging_refused", "by id, a page at offset 10,000 or more needs the page before it first, else 400", "any page at any time"),
    Switch("unknown_filter_refused", "filter[unknown field] answers 400", "it is ignored"),
    Switch("updated_after_exclusive", "updated_after means later than", "at or later than"),
    Switch("updated_before_known", "updated_before means earlier than", "it is ignored"),
    Switch("advanced_filter_known", "advanced_filter filters", "it is ignored"),
    Switch("include_exclude_known", "include and exclude shape the answer", "they are ignored"),
    Switch("inactive_listed", "lists show customers with active = false", "they leave them out; filter[active]=0 shows them"),
    # idempotency
    Switch("idempotency_honoured", "Idempotency-Key replays the first answer for 24 hours", "the header is ignored"),
    Switch("idempotency_checked", "a key must have 6 to 64 characters, on POST and PATCH only, else 400", "any key on any verb"),
    Switch("idempotency_by_key_alone", "a repeated key replays, whatever the body", "another body with the same key answers 400"),
    Switch("idempotency_keeps_errors", "an error answer is replayed too", "only successes are"),
    # fields
    Switch("too_long_refused", "text above its limit (name 255, number and purchase_order 32) answers 400", "it is cut off silently"),
    Switch("more_customer_types", "type may be government and non_profit too", "company and person only"),
    Switch("country_default", "country starts as the account's", "null"),
    Switch("currency_default", "currency starts as the account's", "null"),
    Switch("number_generated", "a customer without number gets CUST-00001 and so on, an invoice INV-0001", "null"),
    Switch("number_unique", "a number already taken answers 400", "two customers may share one, two invoices too"),
    Switch("parent_depth_limited", "at most 5 levels of parent_customer", "any depth, still without a circle"),
    Switch("taxes_as_objects", "taxes are written as ids and read as objects", "read as ids"),
    Switch("active_writable", "active:false deactivates", "active is ignored on write"),
    Switch("email_checked", "an e-mail address without @ answers 400", "any text"),
    # metadata
    Switch("metadata_replace", "PATCH with metadata replaces the whole map", "it merges: other keys stay, null removes one"),
    Switch("metadata_nested_as_text", "a nested value is kept as its JSON text", "it answers 400"),
    Switch("metadata_typed", "numbers and booleans stay so", "every value comes back as text"),
    # writes
    Switch("noop_keeps_updated_at", "a write that changes nothing leaves updated_at", "updated_at moves"),
    Switch("touch_is_silent", "a change of updated_at alone emits no event", "customer.updated with empty previous"),
    Switch("delete_refused", "a customer with invoices or payments cannot be deleted", "it can, and they go with it"),
    Switch("merge_keeps_winner", "merging leaves the winner's updated_at", "it moves"),
    Switch("merge_is_one_event", "merging emits customer.merged only", "customer.deleted of the loser too"),
    # contacts
    Switch("contact_names_customer", "a contact shows customer and customer_id", "neither: whose it is stands in the address alone"),
    Switch("contact_name_required", "a contact needs a name", "name may be null"),
    Switch("contact_primary_default", "primary starts as true", "false"),
    Switch("contact_country_inherited", "an empty country of a contact becomes its customer's", "null"),
    Switch("contact_parent_refused", "PATCH with another customer or customer_id answers 400", "it is ignored"),
    Switch("contacts_limited", "at most 100 contacts of one customer", "any number"),
    Switch("contact_edit_keeps_customer", "a write of a contact leaves its customer's updated_at", "it moves"),
    Switch("contacts_follow_silently", "contacts go or move with their customer (delete, merge) without events of their own, updated_at as it was", "contact.deleted or contact.updated each"),
    Switch("merge_moves_contacts", "merging moves the loser's contacts to the winner", "they vanish"),
    # items
    Switch("item_id_generated", "an item without id gets 6 random characters", "400"),
    Switch("item_id_checked", "an item's id is made of letters, digits, _ : and -, 2 at least, else 400", "any text"),
    Switch("create_only_refused", "PATCH of what a create alone may set (of an item id, unit_cost, currency, taxable, discountable, taxes; of an invoice customer) answers 400", "it is ignored"),
    Switch("item_accounting_writable", "PATCH may set gl_account, avalara_tax_code, avalara_location_code", "a create alone may"),
    Switch("item_delete_archives", "a deleted item is archived: archived=1 lists it", "it is gone, archived is ignored"),
    Switch("item_created_at_restarts", "an item created again with its id has a new created_at", "that of the archived one"),
    Switch("items_updated_after_ignored", "the list of items ignores updated_after and updated_before", "they filter"),
    # line items
    Switch("line_quantity_default", "a line without quantity has 1", "it answers 400"),
    Switch("catalog_item_fixed", "another catalog_item for a line that is there answers 400", "it is ignored"),
    Switch("unknown_line_refused", "an id in items that is no line of the invoice answers 400", "such an entry is a new line"),
    Switch("items_in_array_order", "lines stand in the order they were written in", "by id"),
    Switch("billed_lines_keep_ids", "lines that become an invoice's keep their ids and stamps", "they get new ones"),
    Switch("billed_lines_vanish_silently", "pending lines become an invoice's without events of their own", "line_item.deleted each"),
    # invoices
    Switch("due_date_follows", "another date or payment_terms moves due_date, unless that is written too", "due_date stays"),
    Switch("issued_stays_issued", "draft:true on an issued invoice answers 400", "it becomes a draft again"),
    Switch("closed_refuses_edits", "a closed invoice, hence a paid one, refuses every PATCH without closed:false, metadata too", "it can be edited"),
    Switch("voided_refuses_edits", "a voided invoice refuses every PATCH", "it can be edited and stays voided"),
    Switch("paid_closes", "an invoice that becomes fully paid is closed", "closed stays as it was"),
    Switch("zero_total_is_paid", "an issued invoice whose total is 0 counts as paid", "it does not"),
    Switch("bad_debt_shown", "the status of a closed unpaid invoice is bad_debt", "what it would be if open"),
    Switch("void_refused", "an invoice with payments cannot be voided", "it can, and the payments are released"),
    Switch("void_empties_balance", "a voided invoice has balance 0", "it keeps its balance, as the sample shows"),
    Switch("invoice_delete_refused", "an invoice with payments cannot be deleted", "it can, and the payments are released"),
    Switch("credit_blocks_invoices", "a customer on credit_hold, or who would owe more than credit_limit, gets no new invoice", "it does"),
    Switch("payment_moves_updated_at", "a payment moves the updated_at of its invoice", "balance, paid and status change without it"),
    Switch("paid_is_an_update", "the payment that pays an invoice is told as invoice.updated alone", "invoice.paid too"),
    Switch("past_due_is_silent", "becoming past due leaves updated_at and tells nobody", "updated_at moves, invoice.updated is told"),
    Switch("merge_tells_invoices", "a merge moves invoices, payments and pending lines with an updated event each and a new updated_at", "silently, updated_at as it was"),
    # events
    Switch("previous_inside_data", "previous stands inside data", "beside data, as the samples print it"),
    Switch("event_filters_known", "events know from, type, start_date, end_date, filter[type]", "they are ignored"),
    Switch("event_names_person", "the user key's events carry a person and from=team", "all are user -2 and from=api"),
    Switch("webhook_gone_disables", "410 disables a webhook at once", "it is retried like any failure"),
)  # fmt: skip


def defaults() -> dict[str, bool]:
    """Every switch under its full name, in its first position."""
    return {f"invoiced.{switch.name}": switch.default for switch in SWITCHES}


def table() -> str:
    """The switches as a Markdown table; the README carries it."""
    rows = [
        f"| `invoiced.{each.name}` | {'on' if each.default else 'off'} | {each.on} | {each.off} |"
        for each in SWITCHES
    ]
    return "\n".join(["| switch | first | on | off |", "|---|---|---|---|", *rows])
