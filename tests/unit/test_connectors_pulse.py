"""When a connector's reading counts as standing still."""

from connectors.pulse import PATIENCE_S, stalled


def test_any_sign_of_life_counts() -> None:
    """A round that began, an attempt to read, or a silence the API asked for: the latest decides."""
    now = 10_000.0
    for signs in ((now - 1, 0.0, 0.0), (0.0, now - 1, 0.0), (0.0, 0.0, now + 3_600)):
        assert stalled(now, signs, 1.0) is None


def test_too_long_without_one() -> None:
    """Longer than the patience with nothing begun and nothing read is told, with its length."""
    assert stalled(1_000 + PATIENCE_S - 1, (1_000.0, 0.0), 1.0) is None

    reason = stalled(1_000 + PATIENCE_S, (1_000.0, 0.0), 1.0)

    assert reason is not None
    assert "180 s" in reason


def test_slow_intervals_are_waited_for() -> None:
    """With rounds minutes apart several of them must be missing."""
    assert stalled(1_000.0, (0.0,), interval_s=300.0) is None
    assert stalled(1_500.0, (0.0,), interval_s=300.0) is not None
