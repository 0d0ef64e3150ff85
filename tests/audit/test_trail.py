"""Lines of the trail: where a flag stands, in the source and in what is left."""

from __future__ import annotations

import pytest

from cleaner.audit.trail import flag_lines
from cleaner.edits import revise
from cleaner.lines import drop_lines, line_spans
from cleaner.model import Document, Edit, Flag

TEXT = "One stays.\n\nTwo is flagged.\n\nThree stays.\n\nFour ends.\n"


def dropped(text: str, *lines: int) -> list[Edit]:
    return drop_lines(text, line_spans(text), dict.fromkeys(lines, ("dedup/near", "")))


# the flagged text, the edits made after that, and what the cleaned text has at the flag's place (None: null)
FLAGS = {
    "nothing happened": ("Two is flagged.", [], "Two is flagged."),
    "another line went": ("Two is flagged.", dropped(TEXT, 4), "Two is flagged."),
    "a letter of it was repaired": ("Two is", [Edit(12, 13, "T", "t", "t/x")], "two is"),
    "all of it was repaired": ("Two", [Edit(12, 15, "Two", "2", "t/x")], "2"),
    "half of it went": ("stays.\n\nTwo is flagged.", dropped(TEXT, 2), "stays.\n\n"),
    "its line went, and left the blank line of two": ("Two is flagged.", dropped(TEXT, 2), None),
    "its line went with the one behind": ("is", dropped(TEXT, 2, 4), None),
    "its line went at the end": ("Four", dropped(TEXT, 6), None),
    "its line went at the head": ("One stays.", dropped(TEXT, 0), None),
    "it was cut": ("flagged", [Edit(18, 26, " flagged", "", "t/x")], None),
    "it was cut for a space": ("flagged", [Edit(18, 26, " flagged", " ", "t/x")], None),
    "white space that is still there": ("\n\n", [], "\n\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_points_at_what_is_left_of_its_text(name: str) -> None:
    flagged, edits, expected = FLAGS[name]
    start = TEXT.index(flagged)
    doc = revise(Document("a", TEXT), "translation", [Flag(start, start + len(flagged), "t/y", "warn", "m")])
    doc = revise(doc, "dedup", edits)
    (line,) = flag_lines(doc)
    assert line["text"] == flagged
    assert (line["source_start"], line["source_end"]) == (start, start + len(flagged))
    there = None if line["start"] is None else doc.text[line["start"] : line["end"]]
    assert there == expected
    assert (line["start"] is None) == (line["end"] is None)
