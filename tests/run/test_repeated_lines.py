"""Lines that repeat across a source: the counting, and whole runs on sites made for this suite."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.audit.rebuild import open_run
from cleaner.audit.verify import verify
from cleaner.engines.local import LocalEngine
from cleaner.model import Document
from cleaner.run.discover import discover
from cleaner.run.entries import Held, Meta
from cleaner.run.guard.place import open_work
from cleaner.run.job import Job
from cleaner.run.publishing.finish import publish_run
from cleaner.run.settle import settle
from cleaner.run.state import StateReader, StateWriter
from cleaner.settings import RuleSources, Settings
from cleaner.steps.boilerplate import source_lines
from cleaner.steps.boilerplate.repeated import RULE, Threshold, digest
from cleaner.steps.boilerplate.repeated import combine as plain_combine
from cleaner.steps.boilerplate.source_lines import (
    Lines,
    Repeats,
    combine,
    lines_of,
    load,
    load_repeats,
    updated,
)
from tests.support.site import make_site

LIMITS = Threshold()
FRAME = ("The Lantern of Nordby", "Printed where the herring is landed")
WORDS = [
    "ferry",
    "baker",
    "lamp",
    "rope",
    "winter",
    "letter",
    "garden",
    "tower",
    "goat",
    "clock",
    "bridge",
    "cellar",
]


def article(number: int) -> str:
    """Return three paragraphs that no other number has."""
    rng = random.Random(number)
    some = [" ".join(rng.choice(WORDS) for _ in range(9)) for _ in range(3)]
    return "\n\n".join(
        f"On day {number} the {line} were seen near the old {line[:9]} by us." for line in some
    )


def framed(number: int) -> str:
    return f"{FRAME[0]}\n\n{article(number)}\n\n{FRAME[1]}\n"


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def run(source: Path, out: Path, *, steps: Settings | None = None, jobs: int = 1) -> dict[str, str]:
    """Clean a folder and return the texts that come out."""
    with LocalEngine(jobs) as engine:
        job = Job(steps or Settings(), discover([source]), open_work(out, {}, resume=False), engine)
        publish_run(job, settle(job), out, limited=False)
    assert list(verify(open_run(out))) == []
    return {
        path.relative_to(out).as_posix(): path.read_text("utf-8")
        for path in sorted(out.rglob("*"))
        if path.is_file() and "_clean" not in path.parts
    }


def holders(texts: dict[str, str]) -> int:
    return sum(line in text for text in texts.values() for line in FRAME)


@pytest.mark.parametrize(
    ("texts", "steps"),
    [
        ({f"nordby/{n}.txt": framed(n) for n in range(4)}, Settings()),  # too few documents
        ({f"{n}.txt": framed(n) for n in range(20)}, Settings()),  # no source
        ({f"town{n}/a.txt": framed(n) for n in range(20)}, Settings()),  # a source each
        (
            {f"nordby/{n}.txt": framed(n) if n < 8 else article(n) for n in range(20)},
            Settings(),
        ),  # too few hold it
        (
            {f"nordby/{n}.txt": framed(1) for n in range(20)},
            Settings(steps=("boilerplate",)),
        ),  # copies of one
        ({f"nordby/{n}.txt": framed(n) for n in range(20)}, Settings(steps=("encoding", "linebreaks"))),
        ({f"nordby/{n}.txt": framed(n) for n in range(20)}, Settings(rules=RuleSources(ignore=(RULE,)))),
    ],
)
def test_what_stays(texts: dict[str, str], steps: Settings, tmp_path: Path) -> None:
    found = run(write(tmp_path / "in", texts), tmp_path / "out", steps=steps)
    assert holders(found) == holders(texts)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_frame_of_a_site_goes_and_its_articles_stay(jobs: int, tmp_path: Path) -> None:
    texts = {f"nordby/{n:02d}.txt": framed(n) for n in range(20)}
    found = run(write(tmp_path / "in", texts), tmp_path / "out", jobs=jobs)
    assert found == {f"nordby/{n:02d}.txt": article(n) + "\n" for n in range(20)}
    lines = (tmp_path / "out" / "_clean" / "edits-00000.jsonl").read_text("utf-8").splitlines()
    notes = {edit["note"] for edit in map(json.loads, lines) if edit["rule"] == RULE}
    assert notes == {"seen in 20 of 20 documents of nordby"}
    assert run(tmp_path / "out", tmp_path / "again") == found


def test_records_have_the_host_of_their_address(tmp_path: Path) -> None:
    records = [{"url": f"https://nordby.example/{n}", "text": framed(n)} for n in range(9)]
    records += [{"url": f"https://town{n}.example/", "text": framed(n + 50)} for n in range(9)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(
        "".join(json.dumps(record) + "\n" for record in records), "utf-8"
    )
    found = run(tmp_path / "in", tmp_path / "out")["a.jsonl"].splitlines()
    assert [FRAME[0] in line for line in found] == [False] * 9 + [True] * 9


QUOTED = "“We will light the lamp again when the herring comes back,” the keeper told us."


@pytest.mark.parametrize("line", [QUOTED, "* * *", "7", "1 2 3", "– – –"])
def test_what_two_thirds_of_the_articles_hold_amid_their_text_stays(line: str, tmp_path: Path) -> None:
    halves = (article(n).rpartition("\n\n") for n in range(12))
    texts = {
        f"nordby/{n:02d}.txt": f"{head}\n\n{line if n % 3 else ''}\n\n{tail}\n"
        for n, (head, _, tail) in enumerate(halves)
    }
    found = run(write(tmp_path / "in", texts), tmp_path / "out", steps=Settings(steps=("boilerplate",)))
    assert sum(line in text.split("\n") for text in found.values()) == 8


@pytest.mark.parametrize(
    "line", ["{n} comments", "Share  this", "SHARE THIS, {n} of us", "Read on page {n}.5"]
)
def test_case_numbers_and_spaces_do_not_count(line: str, tmp_path: Path) -> None:
    texts = {f"nordby/{n:02d}.txt": f"{article(n)}\n\n{line.format(n=n)}\n" for n in range(12)}
    found = run(write(tmp_path / "in", texts), tmp_path / "out")
    assert found == {f"nordby/{n:02d}.txt": article(n) + "\n" for n in range(12)}


def test_the_furniture_of_four_sites_goes_and_their_articles_stay(tmp_path: Path) -> None:
    pages = make_site()
    write(tmp_path / "in", {page.key: page.text for page in pages})
    found = run(
        tmp_path / "in",
        tmp_path / "out",
        steps=Settings(steps=("boilerplate",), rules=RuleSources(metadata="drop")),
    )
    kept = {page.key: [line for line in found[page.key].split("\n") if line] for page in pages}
    lost = [line for page in pages for line in page.article if line not in kept[page.key]]
    left = [line for page in pages for line in kept[page.key] if line not in page.article]
    furniture = sum(len(page.text.split("\n\n")) - len(page.article) for page in pages)
    assert lost == []
    assert len(left) <= 0.1 * furniture


class Interrupted(LocalEngine):
    """An engine that gives up at its n-th stage."""

    def __init__(self, stages: int) -> None:
        super().__init__(1)
        self.left = stages

    def map(self, *args: Any, **options: Any) -> list[Any]:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().map(*args, **options)


def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {f"nordby/{n:02d}.txt": framed(n % 9) for n in range(12)})
    whole = run(source, tmp_path / "whole")
    for stages in range(1, 9):
        out = tmp_path / str(stages)
        with suppress(KeyboardInterrupt):
            settle(Job(Settings(), discover([source]), open_work(out, {}, resume=False), Interrupted(stages)))
        job = Job(Settings(), discover([source]), open_work(out, {}, resume=True), LocalEngine(1))
        publish_run(job, settle(job), out, limited=False)
        assert (out / "_clean" / "run.json").read_bytes() == (tmp_path / "whole/_clean/run.json").read_bytes()
        assert {key: (out / key).read_text("utf-8") for key in whole} == whole


def test_what_repeats_only_after_deduplication_goes_too(tmp_path: Path) -> None:
    """Half of the documents are copies but for a word in a line of their own: without them more is in most."""
    texts = {f"nordby/{n:02d}.txt": framed(n) for n in range(8)}
    texts |= {f"nordby/{n:02d}.txt": article(n - 20) + f"\n\nThe {n}th copy\n" for n in range(20, 32)}
    out = run(write(tmp_path / "in", texts), tmp_path / "out")
    assert run(tmp_path / "out", tmp_path / "again") == out


def split(documents: list[tuple[str | None, str]], cuts: list[int]) -> list[Lines]:
    edges = [0, *sorted(min(cut, len(documents)) for cut in cuts), len(documents)]
    return [lines_of(documents[start:end]) for start, end in pairwise(edges)]


DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from([None, "a", "b"]),
        st.lists(st.sampled_from(["x", "y ", " z", "", "w w"]), max_size=5).map("\n".join),
    ),
    max_size=40,
)


@given(
    documents=DOCUMENTS, cuts=st.lists(st.integers(0, 40), max_size=4), part=st.sampled_from([1, 3, 1 << 22])
)
@settings(deadline=None, max_examples=60)
def test_counting_in_files_is_counting(
    documents: list[tuple[str | None, str]],
    cuts: list[int],
    part: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    work = tmp_path_factory.mktemp("count")

    class Rule:
        options: dict[str, object] | None = None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source_lines, "_PART", part)
        found = combine(split(documents, cuts), LIMITS, work)
    known = plain_combine(((source, digest(text)) for source, text in documents), Rule())  # type: ignore[arg-type]
    for source, text in documents:
        mine = found.of(source, text)
        theirs = known.get(source or "")
        seen = {line: theirs.seen[line] for line in digest(text) & set(theirs.seen)} if theirs else {}
        assert (dict(mine.seen) if mine else {}) == seen
        assert not mine or (theirs and mine.documents == theirs.documents)


@given(
    documents=DOCUMENTS, changes=st.dictionaries(st.integers(0, 39), st.sampled_from(["", "x", "y\nw w\nx"]))
)
@settings(deadline=None, max_examples=60)
def test_lines_are_looked_at_again_only_where_a_document_has_changed(
    documents: list[tuple[str | None, str]],
    changes: dict[int, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    later = [(source, changes.get(k, text)) for k, (source, text) in enumerate(documents)]
    changed = [k for k, pair in enumerate(documents) if later[k] != pair]
    found = updated(lines_of(documents), np.array(changed, np.int64), lines_of([later[k] for k in changed]))
    whole = lines_of(later)
    for field in fields(Lines):
        mine, theirs = getattr(found, field.name), getattr(whole, field.name)
        assert (mine.dtype, mine.tolist()) == (theirs.dtype, theirs.tolist()), field.name
    known = combine([whole], LIMITS, tmp_path_factory.mktemp("count"))
    assert known.concerned(whole) == {
        k for k, (source, text) in enumerate(later) if known.of(source, text) is not None
    }


@pytest.mark.parametrize(
    ("key", "id_", "source"),
    [
        ("a.txt", None, None),
        ("a.txt", None, "nordby"),
        ('"source":"x","trail":.txt', 7, 'tide ","trail":[] \ud800'),
        ("a.txt", {"source": "of the identifier", "trail": []}, "nordby"),
        ("a.txt", {"source": None}, None),
    ],
)
def test_the_source_of_a_document_is_read_from_its_line(key, id_, source, tmp_path: Path) -> None:
    document = Document(key, "low tide", id_, source=source)
    with StateWriter(tmp_path / "state") as writer:
        for doc in (document, replace(document, key="b.txt", text="high tide")):
            writer.add(Held(Meta(0, 8, "utf-8", {}, 8, 1), doc))
    state = StateReader(tmp_path / "state")
    assert [*state.sourced()] == [(source, text if source else "") for text in ("low tide", "high tide")]
    assert [*state.sourced({1})] == [(source, "high tide" if source else "")]


def test_files_give_back_what_was_written(tmp_path: Path) -> None:
    documents = [("nordby", framed(n)) for n in range(6)]
    lines_of(documents).save(tmp_path / "lines")
    assert (tmp_path / "lines" / "done").exists()
    repeats = combine([load(tmp_path / "lines")], LIMITS, tmp_path / "work")
    repeats.save(tmp_path / "repeats.npz")
    again: Repeats = load_repeats(tmp_path / "repeats.npz", LIMITS)
    found = again.of("nordby", framed(3))
    assert found is not None
    assert (found.documents, Counter(found.seen.values())) == (6, Counter({6: 2}))
    assert again.of("elsewhere", framed(3)) is None
    assert again.of(None, framed(3)) is None


def test_a_shard_without_sources_is_empty(tmp_path: Path) -> None:
    lines_of([(None, "a"), ("nordby", " \n")]).save(tmp_path / "lines")
    assert len(combine([load(tmp_path / "lines")], LIMITS, tmp_path / "work").keys) == 0
