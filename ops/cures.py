"""What to do after a no of the worker, by the question or decision it was the answer to."""

_LINKS = "`tandem links list` names the links, `tandem links list --unlinked` records without one"
_CURES = {
    "link": f"see that the record is there and of a flow: {_LINKS}",
    "links": _LINKS,
    "parked": "`tandem parked list` names what is parked",
    "conflicts": "`tandem conflicts list` names the conflicts",
    "review": "`tandem review list` names what waits for a person",
    "gate": "`tandem gate show` names the flows and their states",
    "breaker": "`tandem breaker show` names what has tripped",
    "backfill": "`tandem status` names the sources",
    "pause": f"`tandem status` names the flows; {_LINKS}",
    "resume": f"`tandem status` names the flows; {_LINKS}",
}


def cure_of(what: str) -> str:
    """The cure for a refused question (`link`) or decision (`links.unlink`)."""
    if what == "review.join":
        return f"{_CURES['review']}; {_LINKS}"
    return _CURES.get(
        what.split(".", maxsplit=1)[0], "see that this command and the worker are of one version"
    )
