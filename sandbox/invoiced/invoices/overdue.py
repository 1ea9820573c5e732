"""Time passes: invoices become past due without anybody's write, noticed when invoices are next asked for."""

from dataclasses import dataclass, replace

from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.exact_json import loads
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.versions import silent

from .amounts import status
from .fields import HIDDEN

DUE = "json_extract(document, '$.due_date')"
STATUS = "json_extract(document, '$.status')"
TURNED = (
    f"SELECT document FROM records WHERE entity = 'invoice' AND {STATUS} IN ('not_sent', 'sent') AND {DUE} < ?"  # noqa: S608 - names from above
    f" UNION ALL SELECT document FROM records WHERE entity = 'invoice' AND {STATUS} = 'past_due' AND {DUE} >= ?"
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Brings every status to the present; also back, where a test has moved the clock back."""

    database: Database
    parents: Parents

    def catch_up(self, call: Call) -> None:
        """Stores what time has changed; whether `updated_at` moves with it nobody knows."""
        versions, switches = self.parents.versions, self.parents.switches
        now = versions.now()
        for (text,) in self.database.execute(TURNED, (now, now)).fetchall():
            before = loads(text)
            after = {**before, "status": status(before, now, switches)}
            if switches["invoiced.past_due_is_silent"]:
                versions.keep_stamp(before, after, silent)
            else:
                nobody = replace(call, actor="tandem")  # no person did it
                versions.save(before, after, self.parents.telling(nobody, expanded=True, hidden=HIDDEN))
