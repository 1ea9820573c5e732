"""What payments are applied to, and how an invoice lets go of them."""

from sandbox.invoiced.call import Call
from sandbox.invoiced.currencies import total_of
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.records import Document

NAME = "payment"


def release(parents: Parents, call: Call, invoice: Document) -> None:
    """Makes payments of an invoice ones that are applied to it no more; their money is there as before."""
    for payment in parents.of(NAME, invoice["customer"]):
        mine = [each for each in payment["applied_to"] if each["invoice"] == invoice["id"]]
        if mine:
            rest = [each for each in payment["applied_to"] if each not in mine]
            balance = total_of((payment["balance"], *(each["amount"] for each in mine)))
            after = {**payment, "applied_to": rest, "balance": balance}
            parents.versions.save(payment, after, parents.telling(call))
