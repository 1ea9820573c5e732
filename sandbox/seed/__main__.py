"""`python -m sandbox.seed [--everything]`: writes organisations (people, products) into both systems, as users would."""

import click
import httpx

from sandbox.seed import writing
from sandbox.seed.organisations import in_crm, in_invoiced


def write(
    url: str, auth: dict[str, str], login: tuple[str, str] | None, records: list[dict[str, object]]
) -> None:
    """Creates the records that are not there yet, judged by their names."""
    with httpx.Client(base_url=url, headers=auth, auth=login, timeout=30) as api:
        known = {
            one.get("name") or one.get("Name")
            for one in api.get("/customers", params={"per_page": 100}).json()
        }
        for record in records:
            if (record.get("name") or record.get("Name")) not in known:
                api.post("/customers", json=record).raise_for_status()


@click.command()
@click.option("--invoiced-url", required=True)
@click.option("--invoiced-key", required=True, help="A user's key, not Tandem's.")
@click.option("--crm-url", required=True)
@click.option("--crm-key", required=True, help="A user's key, not Tandem's.")
@click.option("--everything", is_flag=True, help="Persons, contacts and products, too.")
def main(invoiced_url: str, invoiced_key: str, crm_url: str, crm_key: str, everything: bool) -> None:
    """Seed both systems; what is there already stays."""
    write(invoiced_url, {}, (invoiced_key, ""), list(in_invoiced()))
    write(crm_url, {"Authorization": f"Bearer {crm_key}"}, None, list(in_crm()))
    if everything:
        with (
            httpx.Client(base_url=invoiced_url, auth=(invoiced_key, ""), timeout=30) as invoiced,
            httpx.Client(base_url=crm_url, headers={"Authorization": f"Bearer {crm_key}"}, timeout=30) as crm,
        ):
            writing.everything(invoiced, crm)


if __name__ == "__main__":
    main()
