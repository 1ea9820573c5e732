"""Where the story is told: both systems, the command line, and waiting that reads until it is true or too late."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from sandbox.demo.report import Step
from sandbox.demo.systems import System

LOOK_S = 0.1


class Untrue(Exception):  # noqa: N818  # it is the story's end, not a fault of the program
    """A step that did not come true."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.name)
        self.step = step


class Stage(Struct, frozen=True):
    """The running sandbox."""

    manifest: Mapping[str, Any]
    invoiced: System
    crm: System
    patience_s: float = 30.0

    def tandem(self, *words: str) -> dict[str, Any]:
        """A command of Tandem's own, its JSON answer."""
        command = [str(self.manifest["tandem"]), *words, "--output", "json"]
        root = Path(str(self.manifest["env_file"])).parent
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, cwd=root)  # noqa: S603  # our own program
        answer: dict[str, Any] = json.loads(done.stdout or done.stderr or "{}")
        return answer

    def until(self, name: str, expected: Any, look: Callable[[], Any]) -> Step:
        """Looks until it sees what is expected; raises `Untrue` with what it saw last."""
        began = time.monotonic()
        while True:
            actual = look()
            seconds = time.monotonic() - began
            if actual == expected:
                return Step(name, ok=True, expected=expected, actual=actual, seconds=round(seconds, 3))
            if seconds > self.patience_s:
                raise Untrue(
                    Step(name, ok=False, expected=expected, actual=actual, seconds=round(seconds, 3))
                )
            time.sleep(LOOK_S)

    def writes(self) -> int:
        """All writes of Tandem so far, in both systems."""
        return self.invoiced.writes() + self.crm.writes()

    def rounds(self) -> int:
        """The rounds that both systems have been read in: the fewer of the two."""
        sources = self.tandem("status").get("sources", [])
        return min((int(source["round"]) for source in sources), default=0)
