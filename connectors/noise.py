"""Which fields of a record carry no news: a change of only these is not published. `items[].x`: x of each line.

They still stand in every image: the sink takes `Version` from there.
"""

from typing import Final

NOISE: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("invoiced", "customer"): frozenset({
        "updated_at", "statement_pdf_url", "statement_url", "sign_up_url", "next_chase_step", "payment_source.updated_at",
    }),
    ("invoiced", "contact"): frozenset({"updated_at"}),
    # An item whose price is changed is made anew: its day of birth says nothing.
    ("invoiced", "item"): frozenset({"created_at", "updated_at"}),
    # The addresses of the document's forms, and Invoiced's own plan for the next collection. What a person sees of an
    # invoice is news, computed or not: status, balance, paid, also `needs_attention`, which may be somebody's mark.
    ("invoiced", "invoice"): frozenset({
        "updated_at", "payment_url", "pdf_url", "csv_url", "attempt_count", "next_payment_attempt", "items[].updated_at",
    }),
    ("invoiced", "lineitem"): frozenset({"updated_at"}),
    ("crm", "customer"): frozenset({"UpdatedAt", "Version"}),
    ("crm", "contact"): frozenset({"UpdatedAt", "Version"}),
    ("crm", "product"): frozenset({"UpdatedAt", "Version"}),
    ("crm", "order"): frozenset({"UpdatedAt", "Version"}),
}  # fmt: skip


def noise_of(system: str, entity: str) -> frozenset[str]:
    """Return the noise of an entity; one without an entry has none."""
    return NOISE.get((system, entity), frozenset())
