"""What stories leave out until the product stands it: each line is a finding with the story that shows it.

- A stale read of a contact that arrives after our own write is taken for an edit back to the old value. Crm: create A,
  contact H below A; settled; H's read in Invoiced is stale; crm: H.postal_code, at once invoiced: H.address2. The sides
  then differ in postal_code and nothing is listed. A stale page does the same to every record on it.
- A contact is moved in the CRM and one property of it is edited on both sides: it is decided, and no conflict is listed.
  What is edited in Invoiced only, while a connector is killed, was once written to the CRM and then cleared there.
- A write to an item goes over what a user has entered there since it was read last; items have no events to tell it.
- An API tidies up our value, its answer is lost, and the connector is killed: the tidied value flows back as an edit.
"""

from tests.oracle.entities import Operation
from tests.oracle.steps import Fault

UNTOLD_FAULTS: frozenset[Fault] = frozenset({"stale_read"})
# In the chapter of one of these nothing else happens to the thing.
ALONE: frozenset[Operation] = frozenset({"refer"})
ITEMS_TELL = False  # whether a verdict asks for the conflict when an edit of an item was overwritten
FAULTS_BESIDE_TIDYING = (
    False  # whether a thing whose values are tidied up may meet another fault in the same chapter
)
