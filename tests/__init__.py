"""The tests, by what they show: unit, property, contract, flow, chaos, house."""

import pytest

# Rigs and oracles assert too: a failure there shows its values like one in a test.
pytest.register_assert_rewrite("tests.chaos", "tests.flow", "tests.property", "tests.contract", "tests.fakes")
