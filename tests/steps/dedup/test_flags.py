"""What a run says of near-duplicates: how they differ, what is kept for that, one kind everywhere."""

from __future__ import annotations

from cleaner import Cleaner
from cleaner.model import Document
from cleaner.settings import Settings as RunSettings
from tests.support.corpora import assert_duplicates_proven, output_texts, trail, write
from tests.support.passages import LONG, NEXT, OTHER

FEE = (
    "Whoever ties a boat to the inner wall between the spring tide and the first storm pays the harbour master "
    "{} guilders for every night, at his house and before noon, and gets a stamp."
)
RULE = (
    "{} is the gate of the inner lock opened while the tide runs out, whoever asks for it. "
    + f"{NEXT} {OTHER}"
)


def corpus(folder):
    return write(
        folder / "src",
        {
            "a.txt": f"{FEE.format(12)}\n\n{RULE.format('Only then')}\n",
            "b.txt": f"{LONG}\n\n{FEE.format(40)}\n\n{RULE.format('Not then')}\n",
            "c.txt": f"{FEE.format(40).upper()}\n\n{LONG[:-1]}!\n\n{LONG}\n",
        },
    )


def test_what_says_something_else_is_kept_and_flagged(clean, tmp_path):
    out = tmp_path / "out"
    assert clean("run", corpus(tmp_path), out, "--steps", "dedup").code == 0
    texts = output_texts(out)
    assert texts["b.txt"] == f"{LONG}\n\n{FEE.format(40)}\n\n{RULE.format('Not then')}\n"
    assert [(line["doc"], line["text"], line["message"].split(":")[0]) for line in trail(out, "flags")] == [
        ("b.txt", FEE.format(40), "repeats a passage but for a number"),
        ("b.txt", RULE.format("Not then"), "repeats a passage but for a negation"),
    ]
    assert {line["rule"] for line in trail(out, "flags")} == {"dedup/near"}
    assert assert_duplicates_proven(out) == 3
    assert clean("verify", out).code == 0


def test_cleaning_again_flags_the_same_and_changes_nothing(clean, tmp_path):
    once, twice = tmp_path / "once", tmp_path / "twice"
    clean("run", corpus(tmp_path), once, "--steps", "dedup")
    clean("run", once, twice, "--steps", "dedup")
    assert output_texts(once) == output_texts(twice)
    assert [line["text"] for line in trail(once, "flags")] == [line["text"] for line in trail(twice, "flags")]


def test_edit_and_duplicate_agree_about_the_kind(clean, tmp_path):
    out = tmp_path / "out"
    clean("run", corpus(tmp_path), out, "--steps", "dedup")
    rules = [(line["doc"], line["rule"]) for line in trail(out, "edits")]
    kinds = [(line["doc"], f"dedup/{line['kind']}") for line in trail(out, "duplicates")]
    assert rules == kinds == [("c.txt", "dedup/exact"), ("c.txt", "dedup/near"), ("c.txt", "dedup/exact")]
    assert [line["differs"] for line in trail(out, "duplicates")] == [[], ["other"], []]
    assert "near duplicate of b.txt (similarity 1.000), differs in: other" in clean("why", out, "c.txt").out
    assert "similarity 1.000, differs in: other" in (out / "_clean" / "report.html").read_text("utf-8")


def test_flags_are_raised_against_an_earlier_corpus(clean, tmp_path):
    src = write(tmp_path / "one", {"a.txt": FEE.format(12) + "\n"})
    more = write(tmp_path / "two", {"b.txt": FEE.format(40) + "\n"})
    clean("run", src, tmp_path / "out", "--steps", "dedup")
    clean("run", more, tmp_path / "more", "--steps", "dedup", "--against", tmp_path / "out")
    assert output_texts(tmp_path / "more") == {"b.txt": FEE.format(40) + "\n"}
    assert len(trail(tmp_path / "more", "flags")) == 1


def test_a_document_alone_is_flagged_as_well():
    doc = Document("a.txt", f"{FEE.format(12)}\n\n{FEE.format(40)}")
    cleaned = Cleaner(RunSettings(steps=("dedup",))).clean(doc)
    assert cleaned.text == doc.text
    assert [(flag.rule, flag.severity, flag.start) for flag in cleaned.flags] == [
        ("dedup/near", "warn", len(FEE.format(12)) + 2)
    ]
