"""A run of the oracle: volumes of stories on one stack, the coverage, and what it tells machines."""

from collections.abc import Callable, Mapping
from time import monotonic

from msgspec import Struct, field

from sandbox.demo.report import Figure, Report, Step
from tests.flow.installation import Installation
from tests.oracle.coverage import Coverage
from tests.oracle.drawing import volume
from tests.oracle.entities import Entity
from tests.oracle.shrinking import about, smallest, until
from tests.oracle.steps import Story
from tests.oracle.telling import Outcome, Teller

STORIES, MORE, SHRINK_S = 25, 10, 120.0
VOLUMES = 6  # at most, where some cell is still to be reached
Say = Callable[[str], None]


class Run(Struct):
    """What was told so far, and what came of it."""

    seed: int
    installation: Installation
    entities: Mapping[str, Entity]
    say: Say
    shrink_s: float = SHRINK_S
    coverage: Coverage = field(default_factory=lambda: Coverage({}))
    steps: list[Step] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)

    def tell(self, seconds: float) -> Report:
        """Volumes until the time is over or a story fails, one at least."""
        self.coverage = Coverage(self.entities)
        teller = Teller(self.installation, self.entities, f"{self.seed}X")
        began, number = monotonic(), 0
        while all(step.ok for step in self.steps) and (
            not number or self._owed(number) or monotonic() - began < seconds
        ):
            self._volume(teller, number)
            number += 1
        self._step(
            "every cell of the table is reached", [], [".".join(one) for one in self.coverage.empty()], began
        )
        self.say(self.coverage.table())
        self._figure("seconds", monotonic() - began, "s")
        self._figure("cells", len(self.coverage.counts), "cells")
        return Report(all(step.ok for step in self.steps), self.seed, self.steps, self.figures)

    def _owed(self, number: int) -> bool:
        """A fault that met nothing, for everything went too fast or too slowly, gets another chance, and a few more."""
        return number < VOLUMES and bool(self.coverage.empty())

    def _count(self, number: int) -> int:
        """Many stories at first; then as many as what is still to be reached needs."""
        empty = len(self.coverage.empty())
        return STORIES if number == 0 else min(MORE, 2 + 2 * empty) if empty else MORE

    def _volume(self, teller: Teller, number: int) -> None:
        began, reached = monotonic(), +self.coverage.counts
        count = self._count(number)
        stories = volume(self.entities, number, self.seed, count, reached.elements())
        outcome = teller.tell(stories)
        self.coverage.add(outcome.cells)
        for story in stories:
            wrong = outcome.wrong.get(story.number, [])
            self._step(f"volume {number}, story {story.number}, {story.steps} steps", [], wrong, began)
        self._step(f"volume {number}: nothing is written any more", [], outcome.writes, began)
        self._figure("stories", len(stories), "stories")
        self._figure("steps", sum(one.steps for one in stories), "steps")
        self._figure("listed", outcome.listed, "differences and conflicts")
        failed = [one for one in stories if outcome.wrong.get(one.number)]
        self.say(f"volume {number}: {len(stories)} stories, {len(failed)} wrong, {monotonic() - began:.0f} s")
        for one in failed:
            self.say(
                f"seed {self.seed}, story {one.number}:\n"
                + "\n".join(f"  {line}" for line in outcome.wrong[one.number])
            )
        if failed:
            self._explain(teller, failed[0], outcome)

    def _explain(self, teller: Teller, story: Story, outcome: Outcome) -> None:
        """The first failing story, made small, as steps that can be copied."""
        wrong = outcome.wrong[story.number]
        chapter = int(wrong[0].rpartition(" ")[2].removesuffix(")"))
        cut = about(until(story, chapter), {wrong[0].split(" ", 1)[0]})
        small, again = smallest(teller, cut, self.shrink_s) if self.shrink_s else (cut, [])
        self.say(f"again with `make oracle SEED={self.seed}`; a smaller story:\n{small}\n\n{small!r}")
        self.say(
            "\n".join(f"  {one}" for one in again) if again else "  told alone it does not fail each time"
        )

    def _step(self, name: str, expected: object, actual: object, began: float) -> None:
        self.steps.append(Step(name, expected == actual, expected, actual, round(monotonic() - began, 1)))

    def _figure(self, name: str, more: float, unit: str) -> None:
        before = self.figures[name].value if name in self.figures else 0
        self.figures[name] = Figure(round(before + more, 1), unit)
