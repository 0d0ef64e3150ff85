"""What is kept on disk comes back as it was."""

from __future__ import annotations

import pytest

from cleaner.rules import kept


@pytest.mark.parametrize("entry", [["café", None, 1.5], "\ud800-\udfff", {"name": ["\udcff"]}])
def test_an_entry_comes_back_whatever_characters_it_has(entry, tmp_path):
    kept.write(tmp_path / "entry.json", entry)
    assert kept.read(tmp_path / "entry.json") == entry


def test_an_entry_that_is_not_whole_is_none(tmp_path):
    kept.write(tmp_path / "entry.json", [1])
    (tmp_path / "entry.json").write_bytes((tmp_path / "entry.json").read_bytes()[:-1])
    assert kept.read(tmp_path / "entry.json") is None
