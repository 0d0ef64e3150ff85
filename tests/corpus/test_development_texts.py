"""Real texts that lie beside the project: cleaned twice they stay as they are, every byte comes back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Result
from tests.support.corpora import assert_duplicates_proven, trail, tree, write
from tests.support.stories import assert_true

EACH = 8
"""Documents taken from every file, evenly spaced."""


def texts(path: Path) -> list[str]:
    """Return some texts of one file of the evaluation data."""
    with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as stream:
        found = list(filter(None, map(text_of, map(json.loads, stream))))
    return found[:: max(1, len(found) // EACH)][:EACH]


def text_of(item: dict[str, object]) -> str:
    """Return the text of one item, whatever its kind."""
    for name in ("text", "original"):
        if isinstance(item.get(name), str):
            return str(item[name])
    lines = item.get("lines")
    return "\n".join(lines) if isinstance(lines, list) else ""


def documents(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.jsonl.gz")):
        records = [json.dumps({"text": text}) for text in texts(path)]
        if records:
            yield path.relative_to(folder).as_posix().removesuffix(".gz"), "\n".join(records) + "\n"


@pytest.mark.parametrize("profile", ["article", "page"])
def test_cleaned_twice_and_rebuilt(
    profile: str, development_texts: Path, tmp_path: Path, clean: Callable[..., Result]
) -> None:
    source = write(tmp_path / "in", dict(documents(development_texts)))
    options = ("-q", "--no-limits", "--profile", profile, "--jobs", "1")
    assert clean("run", source, tmp_path / "out", *options).code == 0
    assert len(trail(tmp_path / "out", "documents")) > 100
    assert trail(tmp_path / "out", "quarantine") == []
    assert assert_duplicates_proven(tmp_path / "out") > 0
    assert assert_true(tmp_path / "out") > 1000
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert tree(tmp_path / "back") == tree(source)
    assert clean("run", tmp_path / "out", tmp_path / "again", *options).code == 0
    assert tree(tmp_path / "again", audit=False) == tree(tmp_path / "out", audit=False)
