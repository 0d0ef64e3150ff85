"""No pattern of the package takes time out of proportion to the text, whatever that is."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import string
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

import pytest

import cleaner
from cleaner.engines.lazy import regex
from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")

SIZE: Final = 20_000
"""Characters of a text: one that a pattern goes through once takes it a millisecond or so."""
SECONDS: Final = 1.0
"""Of processor time, after which a search is taken to grow with the square of the text, or worse."""
WITHIN: Final = {
    "cleaner.steps.linebreaks.hyphens._BEFORE": 200,
    "cleaner.steps.translation.detectors.joined._BEFORE": 41,
    "cleaner.steps.translation.detectors.scripts._NAME_BEFORE": 40,
    "cleaner.steps.translation.detectors.scripts._WORD_BEFORE": 40,
    "cleaner.steps.translation.detectors.spacing._SMALL_WORD": 40,
    "cleaner.steps.translation.detectors.spacing._WORD": 42,
}
"""Characters that a pattern is asked about, where that is so many before a place in the text."""
ASKING: Final = {"findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"}
CHARS: Final = string.printable + "\N{EM DASH}\N{BOX DRAWINGS LIGHT HORIZONTAL}é漢"
TAILS: Final = ("\0", "a!", "")


def asked() -> dict[str, set[str]]:
    """Return how names are asked (`NAME.search(text)`): private ones by their module, others anywhere."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((PROJECT / "cleaner").rglob("*.py")):
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ASKING and isinstance(node.value, ast.Name):
                name = node.value.id
                found[f"{module}.{name}" if name.startswith("_") else name].add(node.attr)
    return found


def modules() -> Iterator[Any]:
    """Import all modules whose libraries are there."""
    for module in pkgutil.walk_packages(cleaner.__path__, "cleaner."):
        if module.name != "cleaner.__main__":
            try:
                yield importlib.import_module(module.name)
            except ModuleNotFoundError as error:
                assert not (error.name or "").startswith("cleaner"), error


def patterns() -> dict[str, tuple[re.Pattern[str], set[str]]]:
    """Return the compiled patterns of all modules by their names, and how they are asked."""
    found, ways = {}, asked()
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(compiled(value)):
                full = f"{module.__name__}.{name}"
                asking = ways[full if name.startswith("_") else name] or {"match"}
                found[f"{full} {number}" if number else full] = pattern, asking
    return found


def compiled(value: Any) -> Iterator[re.Pattern[str]]:
    """Yield the patterns for text that a value is or holds."""
    if isinstance(value, re.Pattern | type(regex(""))) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from compiled(inner)


def texts(pattern: re.Pattern[str], size: int = SIZE) -> Iterator[str]:
    """Yield texts that go on with what a repetition of a pattern takes, after what stands before it."""
    chance = Random(1)
    for before, repeated in repetitions(list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)), []):
        for _ in range(3):
            head, again = sample(before, chance), sample(repeated, chance)
            for tail in TAILS if again else ():
                yield head + again * (size // len(again)) + tail


def repetitions(nodes: list[Any], before: list[Any]) -> Iterator[tuple[list[Any], Any]]:
    """Yield what stands before each repetition without a low bound, and what it repeats."""
    for i, (kind, value) in enumerate(nodes):
        ahead = before + nodes[:i]
        if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            if value[1] > 100:
                yield ahead, value[2]
            yield from repetitions(list(value[2]), ahead)
        elif kind is code.SUBPATTERN:
            yield from repetitions(list(value[3]), ahead)
        elif kind is code.BRANCH:
            for branch in value[1]:
                yield from repetitions(list(branch), ahead)
        elif kind in (code.ASSERT, code.ASSERT_NOT):
            yield from repetitions(list(value[1]), ahead)
        elif kind is code.ATOMIC_GROUP:
            yield from repetitions(list(value), ahead)


def sample(nodes: Any, chance: Random) -> str:
    """Return a text that part of a pattern matches, as a rule."""
    return "".join(one(kind, value, chance) for kind, value in nodes)


def one(kind: Any, value: Any, chance: Random) -> str:
    """Return a text for one node."""
    if kind is code.LITERAL:
        return chr(value)
    if kind in (code.IN, code.NOT_LITERAL, code.ANY):
        return chance.choice(members(kind, value) or ["a"])
    if kind is code.BRANCH:
        return sample(chance.choice(value[1]), chance)
    if kind is code.SUBPATTERN:
        return sample(value[3], chance)
    if kind is code.ATOMIC_GROUP:
        return sample(value, chance)
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        least = value[0] + (value[1] > value[0] and chance.random() < 0.4)
        return "".join(sample(value[2], chance) for _ in range(least))
    return ""


def members(kind: Any, value: Any) -> list[str]:
    """Return characters that a class has: common ones, and those that it names."""
    named = [item for name, item in value if name is code.LITERAL] if kind is code.IN else []
    ends = [item for name, item in value if name is code.RANGE] if kind is code.IN else []
    chars = {*CHARS, *map(chr, named), *(chr(end) for span in ends for end in span)}
    matches = compiler.compile(parser.SubPattern(parser.State(), [(kind, value)])).fullmatch
    return sorted(filter(matches, chars))


def is_slow(ask: Callable[[str], object], text: str) -> bool:
    """Tell whether an answer takes long: by processor time, as other programs may be busy."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        ask(text)
    except TimeoutError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return False


def ways(pattern: re.Pattern[str], names: set[str]) -> list[Callable[[str], object]]:
    """Return the ways of asking that differ in what they cost."""
    anywhere = names - {"match", "fullmatch"}
    found = [getattr(pattern, name) for name in sorted(names - anywhere)]
    return [*found, lambda text: pattern.sub("", text)] if anywhere else found


def slow_text(pattern: re.Pattern[str], names: set[str], size: int) -> str:
    """Return the two ends of a text that takes a pattern long, if there is one."""
    slow = (text for text in texts(pattern, size) for ask in ways(pattern, names) if is_slow(ask, text))
    found = next(slow, "")
    return found and f"{pattern.pattern} for {found[:40]!r} ... {found[-40:]!r}"


@pytest.mark.parametrize(("nested", "slow"), [(r"(?:-+)*$", True), (r"-+$", False), (r"\s*\d*\s*$", True)])
def test_it_finds_patterns_that_take_long(nested: str, slow: bool) -> None:
    pattern = re.compile(nested)
    assert any(is_slow(pattern.match, text) for text in texts(pattern)) == slow


def test_no_pattern_takes_time_out_of_proportion() -> None:
    found = patterns()
    assert len(found) > 200
    slow = {name: slow_text(*pattern, WITHIN.get(name, SIZE)) for name, pattern in found.items()}
    assert not {name: text for name, text in slow.items() if text}
