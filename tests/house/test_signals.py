"""What the code tells of itself is what the list of signals says: every name, level and label, and no other."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

from schemas.signal_table import EVENT, metric_shapes, signals
from schemas.signals import LogEvent, MetricName

TELLING = ("connectors/", "streams/", "ops/")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
METERS = {"count": "Counter", "gauge": "Gauge", "observe": "Histogram"}


class Told(NamedTuple):
    """A call that logs or measures: where, by which method, which name (None: not written out), which labels."""

    place: str
    method: str
    name: str | None
    labels: frozenset[str | None]


def told(modules: Mapping[str, ast.Module], owner: str, methods: set[str]) -> Iterator[Told]:
    """The calls `owner.method(...)` of the rooms that tell."""
    for path, tree in modules.items():
        for node in ast.walk(tree) if path.startswith(TELLING) else ():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=method)) if (
                    found == owner and method in methods
                ):
                    first = node.args[0] if node.args else None
                    name = str(first.value) if isinstance(first, ast.Constant) else None
                    labels = frozenset(keyword.arg for keyword in node.keywords)
                    yield Told(f"{path}:{node.lineno}", method, name, labels)


def loggers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every `….get_logger(…)` or `….getLogger(…)` with the name it is bound to at the top of the module, if any."""
    bound = {
        id(node.value): ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("get_logger", "getLogger")):
            yield node.lineno, bound.get(id(node), "")


def test_every_logger_is_called_log(modules: Mapping[str, ast.Module]) -> None:
    """Whoever logs does it through the module's `log`, where the tests below look; settings of logging aside."""
    strange = [
        f"{path}:{line}"
        for path, tree in modules.items()
        if path.startswith(TELLING) and path not in {"ops/logs.py", "ops/ask.py"}
        for line, name in loggers(tree)
        if name != "log"
    ]

    assert strange == []


def test_log_events_are_of_the_list(modules: Mapping[str, ast.Module]) -> None:
    """Every line of the log has a name of the list, written out, at the level the list gives it."""
    levels = {one.name: found["level"].lower() for one in signals() if (found := EVENT.match(one.comment))}
    wrong = [
        f"{call.place} {call.method} {call.name}"
        for call in told(modules, "log", LEVELS)
        if levels.get(call.name or "") != {"exception": "error"}.get(call.method, call.method)
    ]

    assert wrong == []


def test_log_events_of_the_list_are_told(modules: Mapping[str, ast.Module]) -> None:
    """No log event stands in the list that nobody writes."""
    assert set(get_args(LogEvent)) - {call.name for call in told(modules, "log", LEVELS)} == set()


def test_metrics_are_of_the_list(modules: Mapping[str, ast.Module]) -> None:
    """Every measurement has a name of the list, its kind and exactly its labels, all written out."""
    shapes = metric_shapes()
    wrong = [
        f"{call.place} {call.method} {call.name} {sorted(map(str, call.labels - {'by'}))}"
        for call in told(modules, "meters", set(METERS))
        if call.name not in shapes
        or shapes[call.name][0] != METERS[call.method]
        or set(shapes[call.name][2]) != call.labels - {"by"}
    ]

    assert wrong == []


def test_metrics_of_the_list_are_told(modules: Mapping[str, ast.Module]) -> None:
    """No metric stands in the list that nobody measures."""
    assert set(get_args(MetricName)) - {call.name for call in told(modules, "meters", set(METERS))} == set()
