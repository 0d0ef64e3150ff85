"""The state of a unit: what is written anew of it, and what is taken over as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cleaner.model import Account, Document, Duplicate, Representative
from cleaner.run.entries import Filler, Held, Meta, SegmentEnd, StateEntry, accounts_of, line_of
from cleaner.run.state import Rewriting, StateReader, StateWriter

KEPT = Representative(None, "b.txt", 0, 4, "Low tide")
ACCOUNT = Account(Duplicate(0, 8, 0, 0, 8, "low tide", KEPT, 1.0, "exact", 1, "remove"), 0, 3, (0, 1))
FILES = ("entries.jsonl", "texts.bin", "bounds.npy", "lines.npy", "raw.zst")


def held(key: str, text: str, *, aside: str = "", id_: object = None) -> Held:
    return Held(Meta(0, 8, "utf-8", {}, 8, 1), Document(key, text, id_), aside=aside)  # type: ignore[arg-type]


ENTRIES: list[StateEntry] = [
    Filler(0, 1, None, "\n"),
    held("a.txt", "Low tide \ud800"),
    held("b.txt", "set aside", aside="few words"),
    held("c.txt", "Haut-fond à gauche"),
    held("d.txt", ""),
    Filler(8, 9, None, None),
    held("e.txt", "High tide"),
    SegmentEnd("0" * 64, 9),
]


def written(folder: Path, entries: list[StateEntry]) -> Path:
    with StateWriter(folder) as writer:
        writer.keep(b"as it was")
        for entry in entries:
            writer.add(entry)
    return folder


@pytest.mark.parametrize("numbers", [[], [0], [3], [1, 2], [0, 1, 2, 3]])
@pytest.mark.parametrize("text", ["", "a longer text than before\n"])
def test_a_state_with_other_documents_is_what_it_would_be_from_nothing(
    numbers: list[int], text: str, tmp_path: Path
) -> None:
    places = [k for k, entry in enumerate(ENTRIES) if isinstance(entry, Held) and not entry.aside]
    entries, source = ENTRIES.copy(), StateReader(written(tmp_path / "before", ENTRIES))
    with StateWriter(tmp_path / "after") as writer:
        after = Rewriting(source, writer)
        for number in numbers:
            old = entries[places[number]]
            assert isinstance(old, Held)
            entries[places[number]] = old._replace(doc=replace(old.doc, text=text))
            after.replace(number, entries[places[number]])  # type: ignore[arg-type]
        after.take(len(source))
    anew = written(tmp_path / "anew", entries)
    for name in FILES:
        assert (tmp_path / "after" / name).read_bytes() == (anew / name).read_bytes(), name
    assert [*StateReader(tmp_path / "after")] == entries


def test_a_state_without_documents_is_taken_over(tmp_path: Path) -> None:
    source = StateReader(written(tmp_path / "before", [SegmentEnd("", 0)]))
    with StateWriter(tmp_path / "after") as writer:
        Rewriting(source, writer).take(len(source))
    assert len(source) == 0
    assert [*StateReader(tmp_path / "after")] == [SegmentEnd("", 0)]


@pytest.mark.parametrize("accounts", [(), (ACCOUNT,), (ACCOUNT, ACCOUNT)])
@pytest.mark.parametrize("id_", [None, '"accounts":[],', {"accounts": []}, {"accounts": [1]}])
def test_accounts_are_read_from_the_line_of_a_document(accounts: tuple[Account, ...], id_: object) -> None:
    document = held("a.txt", "", id_=id_)._replace(accounts=accounts)
    assert accounts_of(line_of(document)) == accounts
