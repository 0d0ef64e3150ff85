"""The picture of the rooms of `cleaner/`, drawn from their imports as Mermaid.

An arrow that others imply is left out: what a room imports is reachable by arrows, and nothing else is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cleaner"
Rooms = Mapping[str, frozenset[str]]


def rooms() -> Rooms:
    """Return for every room (a folder or a module directly under `cleaner/`) the rooms that it imports."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in ("__init__", "__main__"):
            names = {name for name in _imported(path) if name != parts[0]}
            found.setdefault(parts[0], set()).update(names)
    return {name: frozenset(names & set(found)) for name, names in found.items()}


def _imported(path: Path) -> Iterator[str]:
    """Yield the rooms that a file imports from."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cleaner"):
            _, _, rest = (node.module or "").partition(".")
            yield from [rest.split(".")[0]] if rest else [alias.name for alias in node.names]


def needed(arrows: Rooms) -> Rooms:
    """Return the arrows that no others imply.

    >>> needed({"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()})["a"]
    frozenset({'b'})
    """
    return {
        name: frozenset(
            one for one in below if not any(one in _reached(other, arrows) for other in below - {one})
        )
        for name, below in arrows.items()
    }


def _reached(name: str, arrows: Rooms) -> frozenset[str]:
    return arrows[name].union(*(_reached(one, arrows) for one in arrows[name]))


def floors(arrows: Rooms) -> list[list[str]]:
    """Return the rooms by floor, the highest first: a room stands above all that it imports.

    >>> floors({"a": frozenset("b"), "b": frozenset()})
    [['a'], ['b']]
    """

    def floor(name: str) -> int:
        return max((floor(one) + 1 for one in arrows[name]), default=0)

    heights = {name: floor(name) for name in arrows}
    return [sorted(n for n in arrows if heights[n] == h) for h in sorted(set(heights.values()), reverse=True)]


def picture() -> str:
    """Return the picture as a Mermaid flowchart."""
    arrows = rooms()
    lines = ["flowchart TD"]
    for row in floors(arrows):
        lines += [f"    {name}" for name in row]
    for name, below in needed(arrows).items():
        lines += [f"    {name} --> {one}" for one in sorted(below)]
    return "\n".join(lines)
