"""Mutation testing: change one operator or constant at a time, and see whether the suite notices.

    python tools/mutate.py --mutants 150 --seed 1 --jobs 2 [--only GLOB] [--list] [--json FILE]

Mutants are drawn from all places in `WHERE` by a hash with a seed, so that the same ones are drawn after changes
elsewhere. Each is tried in a copy of the project: first
the doctests of its module, then the tests of its room and the sample corpus. It is killed when one fails or
hangs. What survives is printed; the file `tests/cases/mutants.yaml` states for some why they are equivalent,
and those do not count. The exit status is 1 below the share that is asked for.
"""

from __future__ import annotations

import argparse
import ast
import fnmatch
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from operator import itemgetter
from pathlib import Path
from queue import SimpleQueue

from ruamel.yaml import YAML

PROJECT = Path(__file__).parent.parent
WHERE = ("steps", "rules", "dedup", "edits.py", "lines.py")
LEAST = 0.85
"""Share of the mutants that must be killed."""
SECONDS = 240
"""Of processor time, after which a mutant counts as one that hangs; of a busy machine's clock, ten times that."""

_COMPARE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "//": "*", "/": "*", "%": "//"}
_BOOLEAN = {"and": "or", "or": "and"}
_ROOMS = {
    "cleaner/steps/survey.py": ["tests/project/test_contributing.py", "tests/run/test_promises.py"],
    "cleaner/steps/__init__.py": ["tests/project/test_contributing.py", "tests/cli"],
    "cleaner/lines.py": ["tests/test_edits.py", "tests/steps/boilerplate"],
}


At = Callable[[int, int], int]
"""A function from line and column (bytes) to an offset in characters."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one file: `old` at `start:end` (characters) becomes `new`."""

    file: str
    line: int
    start: int
    end: int
    old: str
    new: str
    source: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.old} -> {self.new}    {self.source}"


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Yield all mutants of a module.

    >>> [(m.old, m.new) for m in mutants("a.py", "x = 1 if a < b else 2")]
    [('<', '<='), ('1', '2'), ('2', '3')]
    """
    starts = [0]
    for row in text.split("\n"):
        starts.append(starts[-1] + len(row) + 1)

    def at(line: int, column: int) -> int:
        row = text[starts[line - 1] : starts[line] - 1].encode()
        return starts[line - 1] + len(row[:column].decode())

    tree = ast.parse(text)
    skipped = _skipped(tree)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        for start, end, new in _changes(node, text, at):
            line = text.count("\n", 0, start) + 1
            yield Mutant(file, line, start, end, text[start:end], new, text.split("\n")[line - 1].strip())


def _skipped(tree: ast.AST) -> set[int]:
    """Return the nodes that do not affect behaviour: annotations, decorators, and `strict` of `zip`.

    The last is an assertion: it can only be killed by lengths that differ, which is a fault in itself.
    """
    found: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if isinstance(node, ast.FunctionDef):
            parts += [node.returns] if node.returns else []
            parts += [
                arg.annotation for arg in ast.walk(node.args) if isinstance(arg, ast.arg) and arg.annotation
            ]
            parts += node.decorator_list
        elif isinstance(node, ast.AnnAssign):
            parts.append(node.annotation)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            parts.append(node)
        elif isinstance(node, ast.ClassDef):
            parts += node.decorator_list
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            parts.append(node)
        for part in parts:
            found |= {id(one) for one in ast.walk(part)}
    return found


def _changes(node: ast.AST, text: str, at: At) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of a node that may change, and what to."""
    if isinstance(node, ast.Constant):
        start, end = at(node.lineno, node.col_offset), at(node.end_lineno or 0, node.end_col_offset or 0)
        if isinstance(node.value, bool):
            yield start, end, str(not node.value)
        elif isinstance(node.value, int):
            yield start, end, str(node.value + 1)
        elif isinstance(node.value, float):
            yield start, end, repr(round(node.value * 1.5, 6) if node.value else 0.5)
    elif isinstance(node, ast.Compare):
        left: ast.expr = node.left
        for right in node.comparators:
            yield from _operator(left, right, text, at, _COMPARE)
            left = right
    elif isinstance(node, ast.BinOp):
        yield from _operator(node.left, node.right, text, at, _ARITHMETIC)
    elif isinstance(node, ast.BoolOp):
        yield from _operator(node.values[0], node.values[1], text, at, _BOOLEAN)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        start = at(node.lineno, node.col_offset)
        yield start, start + len("not "), ""


def _operator(
    left: ast.expr, right: ast.expr, text: str, at: At, table: dict[str, str]
) -> Iterator[tuple[int, int, str]]:
    start = at(left.end_lineno or 0, left.end_col_offset or 0)
    between = text[start : at(right.lineno, right.col_offset)]
    sign = between.strip(" ()\n\\")
    if sign in table:
        place = start + between.index(sign)
        yield place, place + len(sign), table[sign]


def drawn(number: int, seed: int, only: str) -> list[Mutant]:
    """Draw mutants from all that there are: those with the least hash, so that a change elsewhere draws the same."""
    found: list[Mutant] = []
    for place in WHERE:
        path = PROJECT / "cleaner" / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            name = file.relative_to(PROJECT).as_posix()
            if fnmatch.fnmatch(name, only):
                found += mutants(name, file.read_text("utf-8"))
    seen: Counter[str] = Counter()
    ranked: list[tuple[bytes, Mutant]] = []
    for mutant in found:
        what = name_of(mutant)
        ranked.append((sha256(f"{seed} {what} {seen[what]}".encode()).digest(), mutant))
        seen[what] += 1
    return [mutant for _, mutant in sorted(ranked, key=itemgetter(0))[:number]]


def name_of(mutant: Mutant) -> str:
    """Name a mutant by what it looks like, wherever it has moved to in its file."""
    return f"{mutant.file}: {mutant.old} -> {mutant.new}    {mutant.source}"


def tests_of(file: str) -> list[str]:
    """Return the tests to run for a mutant of a file, cheapest first."""
    parts = Path(file).with_suffix("").parts[1:]
    rooms = [PROJECT / "tests" / Path(*parts[:n]) for n in range(len(parts), 0, -1)]
    room = next((path for path in rooms if path.is_dir()), None)
    own = _ROOMS.get(file) or ([room.relative_to(PROJECT).as_posix()] if room else ["tests/test_edits.py"])
    return [file, *own, "tests/corpus/test_seeds.py", "tests/test_unharmed.py"]


def killed(mutant: Mutant, copy: Path) -> str:
    """Try a mutant in a copy of the project and return what killed it; nothing when it survived."""
    path = copy / mutant.file
    text = path.read_text("utf-8")
    path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :], "utf-8")
    try:
        return _failure(tests_of(mutant.file), copy)
    finally:
        path.write_text(text, "utf-8")


def _failure(tests: Sequence[str], copy: Path) -> str:
    """Run tests in a copy until one fails; return its name, or why the run ended; nothing when all pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"CLEANER_SHARED": os.environ.get("CLEANER_SHARED", str(PROJECT.parent / "shared"))}
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=10 * SECONDS,
            preexec_fn=_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode in (0, 5):  # 5: no test collected
        return ""
    failed = [row.split()[1] for row in done.stdout.split("\n") if row.startswith(("FAILED ", "ERROR "))]
    return failed[0] if failed else f"exit status {done.returncode}"


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))


def equivalent() -> dict[str, str]:
    """Return why some mutants change nothing, by what they look like."""
    path = PROJECT / "tests" / "cases" / "mutants.yaml"
    entries = YAML(typ="safe").load(path.read_text("utf-8")) if path.exists() else []
    return {f"{e['file']}: {e['old']} -> {e['new']}    {e['source']}": e["reason"] for e in entries}


def main() -> int:
    """Draw, try, and report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--mutants", type=int, default=150)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--only", default="*")
    options.add_argument("--list", action="store_true")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    chosen = drawn(given.mutants, given.seed, given.only)
    if given.list:
        sys.stdout.write("\n".join(map(str, chosen)) + "\n")
        return 0
    known = equivalent()
    results = _try_all(chosen, given.jobs)
    survivors = [mutant for mutant, by in results if not by]
    open_ = [m for m in survivors if name_of(m) not in known]
    counted = len(results) - len(survivors) + len(open_)
    share = (counted - len(open_)) / counted if counted else 1.0
    for mutant in survivors:
        reason = known.get(name_of(mutant), "")
        sys.stdout.write(f"survived: {mutant}{'  (equivalent: ' + reason + ')' if reason else ''}\n")
    sys.stdout.write(
        f"{counted - len(open_)} of {counted} mutants killed ({share:.1%}), "
        f"{len(survivors) - len(open_)} equivalent; seed {given.seed}\n"
    )
    if given.json:
        given.json.write_text(json.dumps([asdict(m) | {"killed_by": by} for m, by in results], indent=1))
    return int(share < LEAST)


def _try_all(chosen: Sequence[Mutant], jobs: int) -> list[tuple[Mutant, str]]:
    with tempfile.TemporaryDirectory() as name:
        copies: SimpleQueue[Path] = SimpleQueue()
        for k in range(jobs):
            copy = Path(name, str(k))
            ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "out", "dist")
            shutil.copytree(PROJECT, copy, ignore=ignored)
            copies.put(copy)

        def tried(mutant: Mutant) -> tuple[Mutant, str]:
            copy = copies.get()
            try:
                by = killed(mutant, copy)
            finally:
                copies.put(copy)
            sys.stderr.write(f"{'killed  ' if by else 'SURVIVED'} {mutant}\n")
            return mutant, by

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(tried, chosen))


if __name__ == "__main__":
    sys.exit(main())
