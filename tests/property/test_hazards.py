"""Every hazard that concerns this flow holds, and does not hold without its mechanism."""

import importlib

import pytest

from tests.property import (
    hazards_answers,
    hazards_catching_up,
    hazards_creates,
    hazards_edits,
    hazards_families,
    hazards_families_back,
    hazards_families_former,
    hazards_identity,
    hazards_lines,
    hazards_losses,
    hazards_parents,
    hazards_repeats,
    hazards_sights,
    hazards_work,
)
from tests.property.hazards import REGISTER, Hazard

MODULES = (
    hazards_edits,
    hazards_answers,
    hazards_identity,
    hazards_lines,
    hazards_creates,
    hazards_repeats,
    hazards_work,
    hazards_losses,
    hazards_parents,
    hazards_sights,
    hazards_catching_up,
    hazards_families,
    hazards_families_back,
    hazards_families_former,
)
EVERY = [pytest.param(one, id=name) for name, one in REGISTER.items()]


@pytest.mark.parametrize("hazard", EVERY)
def test_holds(hazard: Hazard) -> None:
    """The story holds as Tandem is."""
    hazard.story()


@pytest.mark.parametrize("hazard", EVERY)
def test_fails_without(hazard: Hazard, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mechanism taken out, the same story fails in the way the hazard says."""
    for path, replacement in hazard.without.items():
        monkeypatch.setattr(path, replacement)
    with pytest.raises(AssertionError, match=hazard.fails):
        hazard.story()


@pytest.mark.parametrize("hazard", EVERY)
def test_mechanism_is_there(hazard: Hazard) -> None:
    """The page names functions that exist."""
    path, name = hazard.mechanism.split(":")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    assert hasattr(module, name), f"{hazard.id}: {path} has no {name}"
