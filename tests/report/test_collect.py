"""One pass over the trail: what shards collected apart add up to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.audit.records import DOCUMENTS, DUPLICATES, EDITS, FLAGS
from cleaner.audit.trail import part_name
from cleaner.engines.spark import values
from cleaner.formats import jsontext
from cleaner.report.collect import AMID, LEAST, LONG, LOST, SEVERAL, collect
from cleaner.report.collected import Collected, packed, together, unpacked
from cleaner.report.sampling import Distinct, Frequent, Sample, Top, drawn
from tests.support.corpora import trail


def test_parts_add_up_to_the_same_whole(seeds: Path, tmp_path: Path) -> None:
    """Cut the trail in two, between documents: sums and samples are those of the whole."""
    audit = seeds / "_clean"
    docs = [line["doc"] for line in trail(seeds, "documents")]
    first = set(docs[: len(docs) // 2])
    for kind in ("documents", "edits", "flags", "duplicates", "quarantine"):
        parts: dict[bool, list[bytes]] = {True: [], False: []}
        for line in (audit / f"{kind}-00000.jsonl").read_bytes().splitlines(keepends=True):
            parts[json.loads(line)["doc"] in first].append(line)
        for number, part in enumerate((parts[True], parts[False])):
            (tmp_path / f"{kind}-{number:05d}.jsonl").write_bytes(b"".join(part))
    halves = [unpacked(packed(collect(tmp_path, part, 0))) for part in (0, 1)]
    whole, summed = collect(audit, 0), together(halves)
    assert [shown_of(whole), shown_of(summed)] == [shown_of(summed)] * 2


def test_what_is_collected_can_be_sent_to_any_engine(seeds: Path) -> None:
    """Workers on other machines answer in JSON: `engines/spark/values.py`."""
    found = collect(seeds / "_clean", 0)
    sent = values.loads(values.dumps(packed(found)))
    assert unpacked(sent) == found


def shown_of(found: Collected) -> list[object]:
    """Return everything that the page shows of what was collected."""
    rules = [
        (
            key,
            tally.count,
            tally.removed,
            tally.added,
            tally.documents,
            tally.sources.count,
            tally.home,
            tally.distinct.count,
            tally.texts.most(9),
            tally.hits.items(),
        )
        for kind in (found.edits, found.flags)
        for key, tally in sorted(kind.items())
    ]
    clusters = [(c.size, c.line["kept_doc"], c.members.items()) for c in found.clusters.largest()]
    tops = [top.items() for top in (found.changed, found.scored, found.lost, found.long, found.close)]
    samples = [sample.items() for sample in (found.some, found.mined, found.amid, found.joins, found.unlike)]
    sums = [
        found.touched,
        found.languages,
        found.lengths_in,
        found.lengths_out,
        sorted(found.sources.items()),
    ]
    return [rules, clusters, tops, samples, sums, found.similarities, found.duplicates, found.within]


DOCS = st.sampled_from("abc")


def edit(doc: str, old: str, rule: str) -> dict[str, Any]:
    places = {"start": 0, "end": len(old), "source_start": 0, "source_end": len(old), "revision": 0}
    return {"doc": doc, "step": "t", "rule": rule, "old": old, "new": "", "note": "", **places}


def duplicate(doc: str, kind: str) -> dict[str, Any]:
    kept = {
        "kept_doc": "a",
        "kept_corpus": None,
        "kept_source_start": 0,
        "kept_source_end": 1,
        "kept_text": "a",
    }
    own = {
        "source_start": 0,
        "source_end": 1,
        "text": doc,
        "action": "remove",
        "differs": ["name"],
        "cluster": 3,
    }
    return {"doc": doc, "kind": kind, "similarity": 1.0, **own, **kept}


def flag(doc: str, text: str) -> dict[str, Any]:
    return {
        "doc": doc,
        "rule": "t/f",
        "severity": "warn",
        "text": text,
        "start": 0,
        "end": 1,
        "source_start": 0,
    }


def document(doc: str, chars: int = 300, left: int = 100, **more: Any) -> dict[str, Any]:
    about = {"language": "en", "encoding": "utf-8", "translated_score": 1.5, "kept": True, "aside": None}
    return {"doc": doc, "source": doc[-1], "chars_in": chars, "chars_out": left, **about, **more}


TRAIL = {
    EDITS: st.builds(edit, DOCS, st.sampled_from(["x", "xy", "xyz " * 60]), st.sampled_from("rs")),
    DUPLICATES: st.builds(duplicate, DOCS, st.sampled_from(["exact", "near"])),
    FLAGS: st.builds(flag, DOCS, st.sampled_from("xyz")),
}


def put(folder: Path, number: int, kind: Any, lines: list[dict[str, Any]]) -> None:
    (folder / part_name(kind, number)).write_bytes(b"".join(jsontext.dumps(line) + b"\n" for line in lines))


@given(
    parts=st.lists(st.fixed_dictionaries({kind: st.lists(line, max_size=9) for kind, line in TRAIL.items()}))
)
def test_shards_collected_apart_add_up_to_all_of_them(
    parts: list[dict[Any, list[dict[str, Any]]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("trail")
    everything: dict[Any, list[dict[str, Any]]] = {}
    for number, part in enumerate(parts):
        docs = sorted({line["doc"] for lines in part.values() for line in lines})
        for kind, some in {**part, DOCUMENTS: [document(doc) for doc in docs]}.items():
            own = [
                line | {"doc": f"{number:03d}{line['doc']}"}
                for line in sorted(some, key=lambda x: str(x["doc"]))
            ]
            put(folder, number, kind, own)
            everything.setdefault(kind, []).extend(own)
    for kind, lines in everything.items():
        put(folder, 999, kind, lines)
    apart = together(collect(folder, number, 0) for number in range(len(parts)))
    assert shown_of(apart) == shown_of(together([collect(folder, 999, 0)]))


# ---------------------------------------------------------------- what is doubted: just below and just above


def one(tmp_path: Path, line: dict[str, Any], about: dict[str, Any]) -> Collected:
    put(tmp_path, 0, DOCUMENTS, [about])
    put(tmp_path, 0, EDITS, [line])
    return collect(tmp_path, 0)


@pytest.mark.parametrize(("chars", "doubted"), [(LONG - 1, False), (LONG, True)])
def test_long_lines(chars: int, doubted: bool, tmp_path: Path) -> None:
    found = one(tmp_path, edit("a", f"{'x' * chars}\n", "r"), document("a"))
    assert bool(found.long.items()) is doubted


def test_a_long_line_that_was_replaced_is_not_doubted(tmp_path: Path) -> None:
    line = edit("a", "x" * LONG, "r") | {"new": "y"}
    assert not one(tmp_path, line, document("a")).long.items()


@pytest.mark.parametrize(
    ("place", "words", "doubted"),
    [
        (AMID[0], SEVERAL, True),
        (AMID[0] - 0.01, SEVERAL, False),
        (AMID[1], SEVERAL, True),
        (AMID[1] + 0.01, SEVERAL, False),
        (0.5, SEVERAL, True),
        (0.5, SEVERAL - 1, False),
    ],
)
def test_lines_in_mid_document(place: float, words: int, doubted: bool, tmp_path: Path) -> None:
    line = edit("a", " ".join(["word"] * words), "r") | {"source_start": round(place * 1000)}
    assert bool(one(tmp_path, line, document("a", 1000, 900)).amid.items()) is doubted


@pytest.mark.parametrize(
    ("chars", "left", "doubted"),
    [
        (1000, round(1000 * (1 - LOST)), False),
        (1000, round(1000 * (1 - LOST)) - 1, True),
        (LEAST, 0, True),
        (LEAST - 1, 0, False),
    ],
)
def test_documents_that_lost_much(chars: int, left: int, doubted: bool, tmp_path: Path) -> None:
    found = one(tmp_path, edit("a", "x", "r"), document("a", chars, left))
    assert (found.lost_count, bool(found.lost.items())) == (int(doubted), doubted)


# ---------------------------------------------------------------- samples and counts


def test_a_sample_is_the_same_in_any_order_and_uniform() -> None:
    numbers = [drawn(str(k).encode()) for k in range(2000)]
    forward, backward = Sample[int](100), Sample[int](100)
    for k in range(2000):
        forward.offer(numbers[k], k)
        backward.offer(numbers[1999 - k], 1999 - k)
    assert forward.items() == backward.items()
    assert 40 <= sum(k < 1000 for k in forward.items()) <= 60


@pytest.mark.parametrize("many", [63, 64, 65, 5000])
def test_distinct_things_are_counted_exactly_up_to_the_size_and_nearly_beyond(many: int) -> None:
    seen = Distinct(64)
    for k in range(many):
        for _ in range(2):
            seen.see(drawn(str(k).encode()))
    assert seen.exact is (many <= 64)
    assert seen.count == many if seen.exact else abs(seen.count - many) < 0.5 * many


def test_frequent_things_are_found_among_many_rare_ones() -> None:
    seen = Frequent[str](8)
    for k in range(3000):
        seen.see(f"rare {k}")
        seen.see("often" if k % 2 else "as often")
    (first, one), (second, two) = seen.most(2)
    assert {first, second} == {"often", "as often"} and not seen.exact
    assert one <= 1500 and two <= 1500, "lower bounds"


def test_the_heaviest_are_kept_whatever_their_order() -> None:
    for order in (range(100), range(99, -1, -1)):
        top = Top[int](5)
        for k in order:
            top.offer(k // 2, f"{k:03d}", k)
        assert top.items() == [98, 99, 96, 97, 94]


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(0, 30))
def test_what_is_left_out_of_a_part_is_not_among_the_heaviest_of_the_whole(
    weights: list[int], cut: int
) -> None:
    whole, parts = Top[int](3), (Top[int](3), Top[int](3))
    for k, weight in enumerate(weights):
        for top in (whole, parts[k >= cut]):
            top.offer(weight, f"{k:03d}", k)
    summed = Top[int](3)
    for part in parts:
        part.shorten()
        assert len(part.items()) <= 3
        summed.add(part)
    assert summed.items() == whole.items()


def test_a_part_with_few_things_takes_more_after_it_was_shortened() -> None:
    top = Top[str](3)
    top.offer(5, "a", "a")
    top.shorten()
    top.offer(1, "b", "b")
    assert top.items() == ["a", "b"]
