"""The correctness checks of the measured parts."""


class Untrue(Exception):  # noqa: N818  # it is what the measured thing did, not a fault of this program
    """What was measured did not do what it should have done."""


def expect(what: str, expected: object, actual: object) -> None:
    """Raise `Untrue` unless both are equal."""
    if expected != actual:
        raise Untrue(f"{what}: expected {expected}, found {actual}")
