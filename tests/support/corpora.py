"""Reading outputs and their audit trail in tests, and texts built from realistic parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cleaner.dedup.minhash import jaccard, shingles


def trail(out: Path, kind: str) -> list[dict[str, Any]]:
    """Return all lines of one kind of the audit trail."""
    lines: list[dict[str, Any]] = []
    for part in sorted((out / "_clean").glob(f"{kind}-*.jsonl")):
        lines += map(json.loads, part.read_text("utf-8", "surrogatepass").splitlines())
    return lines


def tree(folder: Path, *, audit: bool = True) -> dict[str, bytes]:
    """Return the content of every file of an output but the times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timings.json" and (audit or "_clean" not in path.parts)
    }


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def assert_duplicates_proven(out: Path, threshold: float = 0.7) -> int:
    """Check each removed passage: similar enough to one that is in the output; return their number."""
    texts = output_texts(out)
    lines = trail(out, "duplicates")
    for line in lines:
        exact = jaccard(shingles(line["text"]), shingles(line["kept_text"]))
        assert exact >= threshold, line
        assert abs(exact - line["similarity"]) < 1e-9, line
        assert line["kept_text"] in texts[line["kept_doc"]], line
    return len(lines)


def output_texts(out: Path) -> dict[str, str]:
    """Return the text of every document that was written, by key."""
    texts: dict[str, str] = {}
    by_file: dict[str, list[str]] = {}
    for line in trail(out, "documents"):
        if line["kept"]:
            head, _, _ = line["doc"].rpartition(":")
            by_file.setdefault(head or line["doc"], []).append(line["doc"])
    for name, docs in by_file.items():
        data = (out / name).read_text("utf-8", "surrogatepass")
        if name.endswith(("jsonl", "ndjson")):
            records = [json.loads(line) for line in data.split("\n") if line.strip()]
            found = [record["text"] for record in records if isinstance(record.get("text"), str)]
            texts |= zip(docs, found, strict=True)
        else:
            texts[docs[0]] = data
    return texts


SENTENCES = (
    "The council of Harrow met on Tuesday evening and voted to keep the old bridge open for another year.",
    "Repairs will cost about two million crowns, said the engineer who had inspected the pillars in spring.",
    "It was not clear who would pay.",
    "Die Bürgerversammlung hat am Mittwoch beschlossen, den Markt auch im Winter offen zu halten.",
    "Люди приходили на площу до пізнього вечора, щоб подивитися на нову виставу місцевого театру.",
    "Shopkeepers along the river say that with",
    "longer hours they could sell more than in any other month.",
    "“We waited for the ferry,” she said, “and then the rain came.”",
)
PIECES = (
    *SENTENCES,
    "Read also:",
    "• The ferry that never came: five photographs",
    "Advertisement",
    "Share this article",
    "You may also like",
    "PressCopyright: Press",
    '"',
    "Live Reporting",
    "Itâ€™s a long way to the cafÃ©",
    "Fish &amp; chips  ",
    "Short title",
    "A title that is printed twice in a row",
)
SEPARATORS = ("\n\n", "\n", "\r\n", "\n \n", "\n\n\n", " ")


def texts() -> st.SearchStrategy[str]:
    """Return texts of news-like parts, damaged in many ways."""
    pairs = st.tuples(st.sampled_from(PIECES), st.sampled_from(SEPARATORS))
    return st.lists(pairs, max_size=12).map(lambda parts: "".join(a + b for a, b in parts))
