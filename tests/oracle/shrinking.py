"""A failing story made small: shorter ones are told side by side on fresh records, and what still fails goes on."""

from collections.abc import Iterator, Sequence
from time import monotonic

from msgspec.structs import replace

from tests.oracle.steps import Act, Chapter, Kill, Plan, Step, Story
from tests.oracle.telling import Teller

AT_ONCE, COPIES = 10, 4
AT_FIRST = 16


def smallest(teller: Teller, story: Story, seconds: float) -> tuple[Story, list[str]]:
    """The smallest story found in the time that still fails, and what is wrong with it; nothing if it fails no more."""
    deadline, wrong = monotonic() + seconds, list[str]()
    for rough in (_calm(story), story):
        if found := _failing(teller, [rough], AT_FIRST):
            story, wrong = found[0]
            break
    while wrong and monotonic() < deadline:
        candidates, found = [*_shorter(story)], list[tuple[Story, list[str]]]()
        while candidates and not found and monotonic() < deadline:
            found = _failing(teller, candidates[:AT_ONCE])
            del candidates[:AT_ONCE]
        if not found:
            break
        # What fails without any one of several steps may fail without all of them.
        both = _failing(teller, [_common(story, [one for one, _ in found])]) if len(found) > 1 else []
        story, wrong = (both or sorted(found, key=lambda one: one[0].steps))[0]
    return story, wrong


def about(story: Story, names: set[str]) -> Story:
    """The story of some of its things only, and of those they are below; the others do not touch them."""
    while more := {
        one.parent for one in _acts(story) if one.thing in names and one.parent and one.parent not in names
    }:
        names = names | more
    return _with(story, [_only(chapter, names) for chapter in story.chapters])


def until(story: Story, chapter: int) -> Story:
    """The story up to a chapter."""
    return _with(story, story.chapters[:chapter])


def _failing(teller: Teller, stories: Sequence[Story], copies: int = COPIES) -> list[tuple[Story, list[str]]]:
    """Those that still fail, at least one copy of them: most failures are races."""
    told = [
        replace(story, number=place * copies + copy)
        for place, story in enumerate(stories)
        for copy in range(copies)
    ]
    wrong = teller.tell(told, quiet=False).wrong
    failed = {number // copies: found for number, found in sorted(wrong.items(), reverse=True) if found}
    return [(stories[place], failed[place]) for place in sorted(failed)]


def _calm(story: Story) -> Story:
    """Without anything being killed: what is killed is killed for all that are told at once."""
    return _with(
        story, [tuple(one for one in chapter if not isinstance(one, Kill)) for chapter in story.chapters]
    )


def _shorter(story: Story) -> Iterator[Story]:
    """Without a chapter, without a step, without a fault: the largest cuts first. Kills stay where they are."""
    for place, chapter in enumerate(story.chapters):
        if not any(isinstance(one, Kill) for one in chapter) and len(chapter) > 1:
            yield _with(story, [*story.chapters[:place], *story.chapters[place + 1 :]])
    for place, chapter in enumerate(story.chapters):
        for cut in _cuts(chapter):
            yield _with(story, [*story.chapters[:place], cut, *story.chapters[place + 1 :]])


def _cuts(chapter: Chapter) -> Iterator[Chapter]:
    for place, step in enumerate(chapter):
        if isinstance(step, Act):
            begin = place - 1 if place and isinstance(chapter[place - 1], Plan) else place
            yield (*chapter[:begin], *chapter[place + 1 :])
            for name in step.values if len(step.values) > 1 and step.operation != "create" else ():
                fewer = {key: value for key, value in step.values.items() if key != name}
                yield (*chapter[:place], replace(step, values=fewer), *chapter[place + 1 :])
        elif isinstance(step, Plan):
            yield (*chapter[:place], *chapter[place + 1 :])


def _common(story: Story, shorter: Sequence[Story]) -> Story:
    """What all of them have kept."""
    kept = [{id(step) for chapter in one.chapters for step in chapter} for one in shorter]
    chapters = [
        tuple(step for step in chapter if all(id(step) in one for one in kept)) for chapter in story.chapters
    ]
    return _with(story, chapters)


def _only(chapter: Chapter, names: set[str]) -> Chapter:
    found: list[Step] = []
    for place, step in enumerate(chapter):
        about_it = chapter[place + 1] if isinstance(step, Plan) else step
        if not isinstance(about_it, Act) or about_it.thing in names:
            found.append(step)
    return tuple(found)


def _with(story: Story, chapters: Sequence[Chapter]) -> Story:
    return Story(story.number, tuple(chapter for chapter in chapters if chapter))


def _acts(story: Story) -> list[Act]:
    return [step for chapter in story.chapters for step in chapter if isinstance(step, Act)]
