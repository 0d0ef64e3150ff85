"""Pages of the documentation as what stands in them: blocks of code, headings, links."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(
    r"(?:^<!-- (?P<mark>needs|not run): (?P<what>[^>]*?) -->\n\n?)?"
    r"^```(?P<language>[\w-]*)[^\n]*\n(?P<code>.*?)^```$",
    re.M | re.S,
)
"""A block of code, and the remark before it: `needs:` programs or modules, or `not run:` with the reason."""


class Block(NamedTuple):
    """A block of code: in which line of the page it begins, and what it needs."""

    line: int
    language: str
    code: str
    needs: tuple[str, ...]
    not_run: str


class Shown(NamedTuple):
    """A command of a block `console`, and the lines that the page shows below it."""

    command: str
    lines: tuple[str, ...]


def blocks(path: Path) -> list[Block]:
    """Return the blocks of code of a page, in their order."""
    text = path.read_text("utf-8")
    return [
        Block(
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["code"],
            tuple((found["what"] or "").split()) if found["mark"] == "needs" else (),
            found["what"] if found["mark"] == "not run" else "",
        )
        for found in FENCE.finditer(text)
    ]


def console(code: str) -> list[Shown]:
    r"""Return the commands of a block `console`; a command goes on after a line that ends with a backslash.

    >>> console("$ clean run \\\n    a b\nready\n$ true\n")
    [Shown(command='clean run     a b', lines=('ready',)), Shown(command='true', lines=())]
    """
    parts = re.split(r"^\$ ", code.replace("\\\n", ""), flags=re.M)[1:]
    lines = [part.splitlines() for part in parts]
    return [Shown(re.sub(r"\s+# .*$", "", head), tuple(rest)) for head, *rest in lines]


def differs(shown: tuple[str, ...], printed: str) -> str | None:
    """Return the first shown line that was not printed, in order; `…` stands for any lines, or the end of a line.

    Blank lines are not compared.

    >>> differs(("a", "…", "c and…"), "a\\nb\\nc and d\\n"), differs(("a", "c"), "a\\nb\\nc\\n")
    (None, 'c')
    """
    rest = iter([line.rstrip() for line in printed.splitlines() if line.strip()])
    free = False
    for line in filter(str.strip, shown):
        if line.strip() == "…":
            free = True
            continue
        head, cut = line.removesuffix("…").rstrip(), line.endswith("…")
        found = next((one for one in rest if _same(one, head, cut=cut) or not free), None)
        if found is None or not _same(found, head, cut=cut):
            return line
        free = False
    return None


def _same(printed: str, head: str, *, cut: bool) -> bool:
    return printed.startswith(head) if cut else printed == head


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub and the site make them.

    >>> sorted(anchors("# The `run` of it!\\n\\n## A\\n\\n```\\n# no\\n```\\n## A\\n"))
    ['a', 'a_1', 'the-run-of-it']
    """
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        found.append(f"{name}_{found.count(name)}" if name in found else name)
    return set(found)


def links(text: str) -> list[str]:
    """Return where the links and pictures of a page lead, apart from those in code.

    >>> links("[a](b.md#c) `[d](e)` ![f](g.png)")
    ['b.md#c', 'g.png']
    """
    plain = re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))
    return re.findall(r"\]\(([^)\s]+)\)", plain)
