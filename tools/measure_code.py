r"""Measure what a run does to source code: how many files it changes, by type of file and by rule.

    python tools/measure_code.py [--limit 2000] [--show 20] [--docs] [--jsonl] [FOLDER...]

The files are those of the running interpreter: the standard library, headers, installed packages (or
those of the folders named). They are copied as `.txt` into a folder, or as records with `--jsonl`, and
`clean run --isolated --no-limits` is called on it. A file counts as changed when its text, with `\n`
line ends, did not come out. Documents (`.md`, `.rst`) are measured with `--docs`.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

_CODE = """
.py .pyi .pyx .pxd .js .mjs .ts .css .scss .sql .sh .bash .toml .json .c .h .hpp .cpp .cc .cu .java .go .rs .rb .pl .lua
.html .xml .svg .j2 .jinja .ini .cfg .yaml .yml .csv .f90 .f .r .jl .m .tex .bat .ps1 .cmake .mk .in .am .ac .proto
.scala .kt .swift .php .el .vim .asm .s .tcl .awk
"""
CODE = frozenset(_CODE.split())
DOCS = frozenset((".md", ".rst"))
NAMES = frozenset(("Makefile", "Dockerfile", "CMakeLists.txt", "meson.build", "RECORD", "entry_points.txt"))
LONGEST = 400_000


def candidates(folders: list[Path], kinds: frozenset[str], *, named: bool) -> dict[str, list[Path]]:
    """Return the text files under folders by their type, in the order of their paths."""
    found: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            suffix = path.suffix.lower()
            if suffix in kinds or (named and path.name in NAMES):
                kind = suffix if suffix in kinds else path.name
                if path.is_file() and 0 < path.stat().st_size < LONGEST:
                    found[kind].append(path)
    return found


def sample(found: dict[str, list[Path]], limit: int, seed: int) -> list[tuple[str, Path]]:
    """Draw files so that no type has more than it must: round after round one of each."""
    rng = random.Random(seed)
    for paths in found.values():
        rng.shuffle(paths)
    drawn: list[tuple[str, Path]] = []
    while len(drawn) < limit and any(found.values()):
        for kind in sorted(found):
            if found[kind] and len(drawn) < limit:
                drawn.append((kind, found[kind].pop()))
    return drawn


def texts(drawn: list[tuple[str, Path]]) -> Iterator[tuple[str, Path, str]]:
    """Yield the files that are UTF-8, each content once, with their texts as they are to come out."""
    seen: set[str] = set()
    for kind, path in drawn:
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        content = "".join(text.split()).casefold()
        if content not in seen:
            seen.add(content)
            yield kind, path, text


def measure(drawn: list[tuple[str, Path]], *, records: bool, show: int) -> None:
    """Run the command line on copies and print what it changed."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in", Path(folder) / "out"
        source.mkdir()
        wanted = {}
        lines = []
        for number, (kind, path, text) in enumerate(texts(drawn)):
            key = f"code.jsonl:{number + 1}" if records else f"{number:05}.txt"
            wanted[key] = kind, path, text
            if records:
                lines.append(json.dumps({"id": str(number), "text": text}))
            else:
                (source / key).write_bytes(path.read_bytes())
        if records:
            (source / "code.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "cleaner",
            "run",
            source,
            out,
            "--isolated",
            "--no-limits",
            "--jobs",
            "1",
            "-q",
        ]
        status = subprocess.run([str(part) for part in command], check=False).returncode
        print(f"exit status {status}")
        _report(out, wanted, show, records=records)


def _report(out: Path, wanted: dict[str, tuple[str, Path, str]], show: int, *, records: bool) -> None:
    written: dict[str, str] = {}
    if records:
        for line in (out / "code.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
            record = json.loads(line)
            written[f"code.jsonl:{int(record['id']) + 1}"] = record["text"]
    else:
        written = {path.name: path.read_bytes().decode() for path in out.glob("*.txt")}
    changed = [key for key, (_, _, text) in wanted.items() if written.get(key, "") != text]
    gone = [key for key in changed if key not in written]
    kinds = Counter(kind for kind, _, _ in wanted.values())
    bad = Counter(wanted[key][0] for key in changed)
    print(f"{len(changed)} of {len(wanted)} files changed, {len(gone)} of them removed as a whole")
    for kind, count in sorted(kinds.items()):
        print(f"  {kind:16} {bad[kind]:4} of {count}")
    rules: Counter[str] = Counter()
    files: dict[str, set[str]] = defaultdict(set)
    edits: dict[str, list[str]] = defaultdict(list)
    for part in sorted((out / "_clean").glob("edits-*.jsonl")):
        for line in part.read_text(encoding="utf-8").split("\n")[:-1]:
            edit = json.loads(line)
            if edit["doc"] in changed and edit["rule"] != "encoding/line-ends":
                rules[edit["rule"]] += 1
                files[edit["rule"]].add(edit["doc"])
                edits[edit["doc"]].append(f"{edit['rule']}: {edit['old'][:70]!r} -> {edit['new'][:40]!r}")
    for rule, count in rules.most_common():
        print(f"  {rule:40} {count:5} edits in {len(files[rule])} files")
    for key in changed[:show]:
        print(f"{wanted[key][1]}: {len(edits[key])} edits")
        for line in edits[key][:3]:
            print(f"    {line}")


def main() -> None:
    """Measure the files of this interpreter, or of the folders named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--jsonl", action="store_true")
    options = parser.parse_args()
    paths = sysconfig.get_paths()
    folders = options.folders or [Path(paths[name]) for name in ("stdlib", "include", "purelib")]
    found = candidates(folders, DOCS if options.docs else CODE, named=not options.docs)
    measure(sample(found, options.limit, options.seed), records=options.jsonl, show=options.show)


if __name__ == "__main__":
    main()
