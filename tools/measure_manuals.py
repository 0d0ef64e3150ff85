r"""Measure line-break repair on manual pages: which line ends of the wrapped text are closed, rightly or wrongly.

    python tools/measure_manuals.py [--each 25] [--columns 72] [--justify] [--show 20] [FOLDER]

The pages are those of this machine, in all languages that are installed. `man` formats each of them twice: in lines
of `--columns`, and with each paragraph in one line, which is the right answer. A line end of the wrapped text is
*soft* where the words on both sides of it are in one line of the other. Prints of the soft ones how many were
closed, and how many others were; by language with `--languages`.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from cleaner import Cleaner, Settings

MANUALS = Path("/usr/share/man")
ONE_LINE = 20_000
"""Columns for each paragraph to be one line."""
SHORTEST = 1200
"""Bytes of a source that is worth the while: shorter ones refer to another page."""


class Counts(NamedTuple):
    """Line ends of wrapped text."""

    soft: int = 0
    closed: int = 0
    hard: int = 0
    wrong: int = 0

    def __str__(self) -> str:
        missed = self.soft - self.closed
        return (
            f"{self.closed:6} of {self.soft:6} soft line ends closed ({self.closed / max(1, self.soft):.3f}), "
            f"{missed} left; {self.wrong} of {self.hard} others closed ({self.wrong / max(1, self.hard):.4f})"
        )


def formatted(page: Path, columns: int, *, justify: bool) -> str:
    """Return a manual page as `man` formats it."""
    command = [
        "man",
        "-l",
        "--encoding=UTF-8",
        "--no-hyphenation",
        *([] if justify else ["--no-justification"]),
    ]
    settings = {"LC_ALL": "C.UTF-8", "MANWIDTH": str(columns), "MANPAGER": "cat", "PATH": os.environ["PATH"]}
    try:
        done = subprocess.run(
            [*command, str(page)], capture_output=True, check=False, env=settings, timeout=20
        )
    except subprocess.TimeoutExpired:  # some pages do not end in very long lines
        return ""
    return done.stdout.decode("utf-8", "replace")


def ends(text: str) -> tuple[list[str], list[bool]]:
    """Return the words of a text, and which of them end a line."""
    words: list[str] = []
    last: list[bool] = []
    for line in text.split("\n"):
        found = line.split()
        words += found
        last += [False] * len(found)
        if found:
            last[-1] = True
    return words, last


def sample(folder: Path, each: int, seed: int) -> list[tuple[str, Path]]:
    """Draw pages: so many of each language, and of each section of the English ones."""
    chance, drawn = random.Random(seed), []
    for part in sorted(folder.iterdir()):
        pages = [
            path for path in part.rglob("*.gz") if not path.is_symlink() and path.stat().st_size > SHORTEST
        ]
        pages.sort()
        language = "en" if part.name.startswith("man") else part.name
        drawn += [(language, page) for page in chance.sample(pages, min(each, len(pages)))]
    return drawn


def main() -> None:
    """Format, repair and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=MANUALS)
    parser.add_argument("--each", type=int, default=25)
    parser.add_argument("--columns", type=int, default=72)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--justify", action="store_true")
    parser.add_argument("--languages", action="store_true")
    options = parser.parse_args()
    cleaner = Cleaner(Settings(steps=("linebreaks",)))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    left: list[str] = []
    for language, page in sample(options.folder, options.each, options.seed):
        text = formatted(page, options.columns, justify=options.justify)
        words, before = ends(text)
        answer, right = ends(formatted(page, ONE_LINE, justify=False))
        repaired, after = ends(cleaner.clean_text(text))
        count = counts[language]
        if not words == answer == repaired:
            count["skipped"] += 1
            continue
        for at in (at for at, is_end in enumerate(before) if is_end):
            closed, hard = not after[at], right[at]
            count["hard" if hard else "soft"] += 1
            count["wrong" if hard else "closed"] += closed
            if closed == hard:
                told = wrong if hard else left
                told.append(
                    f"{page.name}: {' '.join(words[max(0, at - 8) : at + 1])} | {' '.join(words[at + 1 : at + 9])}"
                )
    skipped = sum(count.pop("skipped", 0) for count in counts.values())
    if options.languages:
        for language, count in sorted(counts.items()):
            print(f"{language:6} {Counts(**count)}")
    total = sum(counts.values(), Counter())
    print(f"all    {Counts(**total)}; {skipped} pages left out, whose words differ")
    chance = random.Random(options.seed)
    for name, found in (("wrongly closed", wrong), ("left", left)):
        for line in chance.sample(found, min(options.show, len(found))):
            print(f"{name}: {line}")


if __name__ == "__main__":
    main()
