"""Source files of the running interpreter: code comes out as it went in."""

from __future__ import annotations

import random
import sysconfig
from functools import cache
from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.model import Document
from cleaner.protected import protect

DRAWN = 150
SEED = 12
LONGEST = 20_000


@cache
def drawn() -> tuple[tuple[str, str], ...]:
    """Draw files of the standard library with a fixed seed; headers too, where they are installed."""
    folders = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "include")]
    found = [
        path
        for folder in folders
        for pattern in ("*.py", "[a-j]*/*.py", "*.h", "*.toml")
        for path in sorted(folder.glob(pattern))
        if path.stat().st_size < LONGEST
    ]
    texts = []
    for path in random.Random(SEED).sample(found, min(DRAWN, len(found))):
        try:
            texts.append((path.name, path.read_bytes().decode("utf-8")))
        except UnicodeDecodeError:  # a test file of the standard library in another encoding
            continue
    return tuple((name, text) for name, text in texts if text.strip())


def test_there_are_files_to_draw_from() -> None:
    assert len(drawn()) > DRAWN / 2


def test_no_source_file_changes() -> None:
    cleaner = Cleaner()
    changed = [
        name
        for name, text in drawn()
        if cleaner.clean(Document("a.txt", text)).text != text.replace("\r\n", "\n")
    ]
    assert changed == []


def test_nearly_all_source_files_are_code_from_end_to_end() -> None:
    whole = sum(protect(text).covers(0, len(text), {"code"}) for _, text in drawn())
    assert whole >= 0.95 * len(drawn())


@pytest.mark.parametrize("ending", ["  ", "\t", " \t "])
def test_white_space_at_line_ends_of_code_stays(ending: str) -> None:
    text = f"import os{ending}\n\n\ndef name():{ending}\n    return os.name\n"
    assert Cleaner().clean(Document("a.txt", text)).text == text
