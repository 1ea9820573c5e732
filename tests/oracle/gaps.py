"""What stories leave out until the product stands it: each line is a finding with the story that shows it.

- A stale read (of a contact, or of a page) that arrives after our own write is taken for an edit back to the old value:
  crm: edit a contact, its Invoiced read is stale once: the edit is gone on both sides.
- What is edited on a contact in Invoiced while the CRM moves it to another customer is written to the CRM, then cleared
  there, for the new contact does not have it; a property edited on both sides then is decided without a conflict.
- A write to an item goes over what a user has entered there since it was read last; items have no events to tell it.
- An API tidies up our value and its answer is lost: the tidied value is taken for an edit and flows back.
"""

from tests.oracle.entities import Operation
from tests.oracle.steps import Fault

UNTOLD_FAULTS: frozenset[Fault] = frozenset({"stale_read"})
# In the chapter of one of these nothing else happens to the thing.
ALONE: frozenset[Operation] = frozenset({"refer"})
ITEMS_TELL = False  # whether a verdict asks for the conflict when an item's later value was overwritten
FAULTS_BESIDE_TIDYING = (
    False  # whether a thing whose values are tidied up may meet another fault in the same chapter
)
