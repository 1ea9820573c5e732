"""What stands in the metadata of a line that we have made, so that it is known again whatever became of its answer."""

MARK = "tandem_line"


def mark_of(link_id: str, key: str) -> str:
    """The mark of one line of a link."""
    return f"{link_id}/{key}"
