"""What goes and what stays: tables first, then the greedy definition against brute force."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import minhash
from cleaner.edits import checked, splice
from cleaner.errors import UsageError
from cleaner.neardup import sketches
from cleaner.neardup.combine import combine
from cleaner.neardup.digest import digest
from cleaner.neardup.settings import KINDS, Settings
from cleaner.neardup.table import Shard, load, map_text
from cleaner.pipeline import Cleaner
from cleaner.settings import Settings as RunSettings
from cleaner.steps import Context
from cleaner.steps.dedup import find, removals_of, settings_from, settings_of, within


class AllRules:
    """Every rule of the pack with its defaults."""

    def get(self, rule_id: str):
        return SimpleNamespace(id=rule_id, options=None)


RULES = AllRules()
LONG = "The council met on Tuesday to hear what the harbour master had found beneath the old quay wall."
NEXT = "Nobody had expected that the wooden piles would be sound after a hundred and forty years of tides."
OTHER = "A second survey is planned for the spring, when the water is clear and the divers are back in town."


def shard_of(docs: list[str], options: Settings) -> Shard:
    parts = [doc.encode("utf-8", "surrogatepass") for doc in docs]
    buffer = np.frombuffer(b"".join(parts), np.uint8)
    return Shard(digest(buffer, np.cumsum([0, *map(len, parts)]), options), buffer)


def plan_of(docs: list[str], options: Settings | None = None, *, shards: int = 1, pins=frozenset()):
    options = options or Settings()
    step = -(-len(docs) // shards) or 1
    parts = [docs[i : i + step] for i in range(0, len(docs), step)]
    made = [shard_of(part, options) for part in parts]
    plan = combine(made, options, pins=pins)
    with mock.patch("cleaner.neardup.combine.PLAIN_BYTES", -1):  # compiled, whatever the size
        assert str(combine(made, options, pins=pins)) == str(plan)
    found = [
        (number * step + doc, removal)
        for number in range(len(parts))
        for doc, of_doc in removals_of(plan.shards[number], lambda shard, doc: str(shard * step + doc))
        for removal in of_doc
    ]
    return plan, found


def apply(docs: list[str], options: Settings | None = None, **more) -> list[str]:
    """Give what the step makes of the documents."""
    _, found = plan_of(docs, options, **more)
    out = []
    for number, doc in enumerate(docs):
        corpus = tuple(removal for n, removal in found if n == number)
        edits = find(doc, Context(RULES, corpus=corpus))
        out.append(splice(doc, checked(doc, edits)))
    return out


NOOP = {
    "refrain": ["Sing with me\n\nA verse of five words\n\nSing with me\n\nAnother verse\n\nSing with me"],
    "dialogue": ["Yes.\nNo.\nYes.\nNo."],
    "three words twice": ["Read this now\nRead this now"],
    "headings across documents": ["Introduction to it all\n\n" + LONG, "Introduction to it all\n\n" + NEXT],
    "signs": ["***\n***"],
    "empty": ["", "\n\n", " "],
    "short passages": ["one two three four five six seven", "one two three four five six seven"],
    "numbers differ": ["In the flood 12 were dead and 30 were missing, the mayor said on Monday.",
                       "In the flood 40 were dead and 90 were missing, the mayor said on Friday."],
    "heading of another passage": ["Heading of four words\n\n" + LONG, "Heading of four words\n\n" + NEXT],
}  # fmt: skip

FIXES = {
    "equal": ([LONG, LONG], [LONG, ""]),
    "signs and case do not count": ([LONG, LONG.upper().replace(",", " -")], [LONG, ""]),
    "inside a document": ([f"{LONG}\n\n{NEXT}\n\n{LONG}\n"], [f"{LONG}\n\n{NEXT}\n"]),
    "title printed twice": (
        ["Four words a title\nFour words a title\n\n" + LONG],
        ["Four words a title\n\n" + LONG],
    ),
    "title three times": (["Four words a title\n\n" * 3 + LONG], ["Four words a title\n\n" + LONG]),
    "heading with its passage": (
        [f"Short heading\n\n{LONG}", f"{NEXT}\n\nShort heading\n\n{LONG}"],
        [f"Short heading\n\n{LONG}", NEXT],
    ),
    "heading of another passage stays": (
        ["Heading of four words\n\n" + LONG, "Heading of four words\n\n" + NEXT + "\n\n" + LONG],
        ["Heading of four words\n\n" + LONG, "Heading of four words\n\n" + NEXT],
    ),
    "run on both sides": (
        [f"A\n\n{LONG}\n\nB\n\nC", f"{NEXT}\n\nX\n\nA\n\n{LONG}\n\nB\n\nC\n\nD"],
        [f"A\n\n{LONG}\n\nB\n\nC", f"{NEXT}\n\nX\n\nD"],
    ),
    "a title is a repeat once what stood between is gone": (
        [LONG, f"Title of four words\n\n{LONG}\n\nTitle of four words\n\n{NEXT}"],
        [LONG, f"Title of four words\n\n{NEXT}"],
    ),
}


@pytest.mark.parametrize("docs", NOOP.values(), ids=NOOP)
def test_stays(docs):
    assert apply(docs) == docs


@pytest.mark.parametrize(("docs", "expected"), FIXES.values(), ids=FIXES)
def test_goes(docs, expected):
    assert apply(docs) == expected
    assert apply(expected) == expected


def words(*numbers: int) -> str:
    return " ".join(f"w{number}" for number in numbers)


def test_a_chain_keeps_both_ends():
    first = list(range(60))
    second = [*range(57), 100, 101, 102]
    third = [200, 201, 202, *range(3, 57), 100, 101, 102]
    docs = [words(*numbers) for numbers in (first, second, third)]
    sets = [minhash.shingles(doc) for doc in docs]
    limit = 0.85
    assert minhash.jaccard(sets[0], sets[1]) >= limit
    assert minhash.jaccard(sets[1], sets[2]) >= limit
    assert minhash.jaccard(sets[0], sets[2]) < limit
    assert [doc for doc, _ in plan_of(docs, Settings(threshold=limit))[1]] == [1]


def test_similarity_and_places_are_exact():
    docs = [f"Intro é\n\n {LONG} {OTHER}", f"{NEXT}\n\n{LONG} {OTHER}".replace("clear", "warm")]
    plan, [(doc, removal)] = plan_of(docs)
    gone, kept = docs[doc][removal.start : removal.end], docs[0][removal.kept_start : removal.kept_end]
    assert (doc, removal.kind, removal.kept) == (1, "near", "0")
    assert kept == f"{LONG} {OTHER}"
    assert removal.similarity == minhash.jaccard(minhash.shingles(gone), minhash.shingles(kept))
    assert plan.statistics.removed["near"] == plan.statistics.verified == 1
    assert plan.statistics.clusters == {2: 1}


def test_longest_stays():
    longer = f"{LONG} {OTHER} And more."
    docs = [f"{LONG} {OTHER}", longer]
    assert apply(docs, Settings(keep="longest")) == ["", longer]
    assert apply(docs) == [docs[0], ""]


def test_scope_document():
    docs = [LONG, f"{LONG}\n\n{NEXT}\n\n{LONG}"]
    assert apply(docs, Settings(scope="document")) == [LONG, f"{LONG}\n\n{NEXT}"]


def test_a_pinned_passage_stays():
    assert apply([LONG, LONG, LONG], pins={(0, 1)}) == [LONG, LONG, ""]


def test_kinds_can_be_switched_off():
    docs = [LONG, LONG, LONG.replace("hear", "see")]
    near = [removal.kind for _, removal in plan_of(docs, Settings(exact=False, threshold=0.4))[1]]
    assert near == ["near", "near"]
    assert [removal.kind for _, removal in plan_of(docs, Settings(near=False))[1]] == ["exact"]
    assert plan_of(docs, Settings(near=False, exact=False))[1] == []


def test_an_equal_copy_of_a_near_one_names_what_is_kept():
    docs = [f"{LONG} {OTHER}", f"{LONG} {OTHER} Done.", f"{LONG} {OTHER} Done."]
    found = plan_of(docs)[1]
    assert [(removal.kind, removal.kept, removal.cluster) for _, removal in found] == [("near", "0", 2)] * 2


def test_tables_survive_the_disk(tmp_path):
    text = f"{LONG}\n\nTitle\n\n{LONG}"
    (tmp_path / "texts.bin").write_bytes(text.encode())
    (tmp_path / "none.bin").write_bytes(b"")
    shard = shard_of([text], Settings())
    shard.table.save(tmp_path / "a")
    shard_of([], Settings()).table.save(tmp_path / "b")
    shards = [
        Shard(load(tmp_path / "b"), map_text(tmp_path / "none.bin")),
        Shard(load(tmp_path / "a"), map_text(tmp_path / "texts.bin")),
    ]
    plan = combine(shards, Settings())
    assert [len(part) for part in plan.shards] == [0, 1]
    assert plan.shards[1].kept_shard.tolist() == [1]


def test_no_shard_at_all():
    assert combine([], Settings()).shards == ()


@st.composite
def corpora_of_sentences(draw) -> list[str]:
    """Lines of sentences from a small stock."""
    stock = [words(*range(k, k + 6)) + end for k in range(5) for end in ".!"]
    line = st.lists(st.sampled_from([*stock, "Yes.", "no", "“Ah!”"]), max_size=7).map(
        draw(st.sampled_from([" ", "  "])).join
    )
    return draw(st.lists(st.lists(line, max_size=3).map("\n\n".join), min_size=1, max_size=3))


SENTENCES = {
    "first": (f"{LONG} {NEXT}", f"{NEXT}"),
    "last": (f"{NEXT}  {LONG} ", f"{NEXT} "),
    "in the middle": (f"{NEXT}  {LONG}   {OTHER}", f"{NEXT}  {OTHER}"),
    "all of a line": (f"{NEXT}\n\n{LONG} {LONG}\n\n{OTHER}", f"{NEXT}\n\n{OTHER}"),
    "two in a row": (f"{NEXT} {LONG} {LONG.upper()}", NEXT),
    "two apart": (f"{LONG} {NEXT} {LONG}", NEXT),
    "quoted": (f"“{LONG}” ({NEXT}) {LONG}", f"({NEXT})"),
    "no end": (f"{NEXT} {LONG[:-1]}", NEXT),
}


@pytest.mark.parametrize(("doc", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(doc, expected):
    options = Settings(unit="sentences(1)")
    assert apply([LONG, doc], options) == [LONG, expected]
    assert apply([LONG, expected], options) == [LONG, expected]


def test_sentences_in_groups():
    options = Settings(unit="sentences(2)")
    docs = [f"{LONG} {NEXT} {OTHER}", f"{LONG} {NEXT} {OTHER} {LONG}", f"{OTHER} {LONG} {NEXT}"]
    assert apply(docs, options) == [docs[0], f"{OTHER} {LONG}", NEXT]


def test_whole_documents():
    options = Settings(unit="document")
    docs = [f"{LONG}\n\n{NEXT}\n", f"\n{LONG.upper()}\n{NEXT}", f"{LONG}\n\n{OTHER}"]
    assert apply(docs, options) == [docs[0], "", docs[2]]


CHINESE = "港口主任告诉理事会说旧码头下面的木桩在一百四十年的潮汐之后仍然完好无损。"


def test_sentences_without_spaces():
    assert (
        apply([CHINESE, f"春天计划进行第二次调查。{CHINESE}"], Settings(unit="sentences(1)"))[1]
        == "春天计划进行第二次调查。"
    )


@given(corpora_of_sentences(), st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_a_second_time_no_sentence_goes(docs, count):
    options = Settings(unit=f"sentences({count})", min_words=5)
    once = apply(docs, options)
    assert apply(once, options) == once


CONTAINED = Settings(contained=True)


def test_a_contained_passage_goes_only_when_asked_for():
    docs = [LONG, f"{OTHER} {LONG} {NEXT}", f"{NEXT}\n\n{OTHER}"]
    assert apply(docs) == docs
    assert apply(docs, CONTAINED) == ["", docs[1], ""]
    found = plan_of(docs, CONTAINED)[1]
    assert [(doc, removal.kind, removal.kept) for doc, removal in found] == [
        (0, "contained", "1"),
        (2, "contained", "1"),
        (2, "contained", "1"),
    ]
    assert found[0][1].similarity == minhash.jaccard(minhash.shingles(LONG), minhash.shingles(docs[1]))


CONTAINED_NOOP = {
    "not whole": [LONG, f"{OTHER} {LONG[:-20]}"],
    "not in one piece": [f"{LONG} {NEXT}", f"{LONG} {OTHER} {NEXT}"],
    "too short": ["only six words stand right here", f"{OTHER} only six words stand right here"],
}


@pytest.mark.parametrize("docs", CONTAINED_NOOP.values(), ids=CONTAINED_NOOP)
def test_is_not_contained(docs):
    assert apply(docs, CONTAINED) == docs


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(8, 40)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_contained_passages_against_brute_force(spans):
    docs = ["\n".join(words(*range(start, start + length)) for start, length in spans)]
    options = Settings(contained=True, min_words=6, bands=128, rows=1)
    kept = [minhash.tokens(line) for line in apply(docs, options)[0].split("\n")]
    for removal in (removal for _, removal in plan_of(docs, options)[1] if removal.kind == "contained"):
        assert docs[0][removal.start : removal.end] in docs[0][removal.kept_start : removal.kept_end]
    for one in kept:
        for other in kept:
            assert one is other or f" {' '.join(one)} " not in f" {' '.join(other)} "
    assert apply(apply(docs, options), options) == apply(docs, options)


def earlier_of(tmp_path, docs: list[str], options: Settings, *, name: str = "earlier") -> sketches.Earlier:
    """Write what a run leaves, and open it."""
    out = tmp_path / name
    (out / "_clean").mkdir(parents=True)
    (out / "_clean" / "run.json").write_text("{}")
    shard = shard_of(docs, options)
    path = out / "_clean" / "sketches-00000.parquet"
    sketches.write(path, shard.table, shard.text, options, keys=[f"{k}.txt" for k in range(len(docs))])
    return sketches.open_earlier(out, tmp_path / f"work-{name}", options, name=name)


def test_against_an_earlier_corpus(tmp_path):
    options = Settings()
    first = earlier_of(tmp_path, ["", f"é {OTHER}"], options, name="a")
    second = earlier_of(tmp_path, ["Ça\n\nShort heading\n\n" + LONG, ""], options, name="b")
    shards = [shard_of([NEXT, f"Short heading\n\n{LONG}", LONG.upper()], options)]
    plan = combine(shards, options, against=[first, second])
    [removed] = plan.shards
    assert [KINDS[kind] for kind in removed.kind] == ["run", "exact", "exact"]
    assert removed.kept_corpus.tolist() == [1, 1, 1]
    assert removed.kept_shard.tolist() == [-1, -1, -1]
    assert removed.doc.tolist() == [1, 1, 2]
    key, start, end, text = second.passage(int(removed.kept_index[1]))
    assert (key, text, start, end) == ("0.txt", LONG, 19, 19 + len(LONG))
    assert second.passage(int(removed.kept_index[0]))[3] == "Short heading"
    assert (plan.statistics.passages, plan.statistics.removed["exact"]) == (4, 2)
    for _, found in removals_of(removed, lambda shard, doc: "own"):
        assert {(removal.kept, removal.kept_corpus) for removal in found} == {("", 1)}


def test_earlier_passages_stay_whatever_is_kept(tmp_path):
    options = Settings(keep="longest")
    earlier = earlier_of(tmp_path, [f"{LONG} {OTHER}", f"{LONG} {OTHER}"], options)
    [removed] = combine([shard_of([f"{LONG} {OTHER} And more."], options)], options, against=[earlier]).shards
    assert (removed.kept_corpus.tolist(), removed.kept_index.tolist()) == ([0], [0])


@pytest.mark.parametrize("other", [{"shingle": 4}, {"min_words": 8}, {"unit": "document"}])
def test_sketches_with_other_parameters_are_refused(tmp_path, other):
    earlier_of(tmp_path, [LONG], Settings())
    with pytest.raises(UsageError, match=next(iter(other))):
        sketches.open_earlier(tmp_path / "earlier", tmp_path / "work", Settings(**other))


def test_what_is_no_finished_run_is_refused(tmp_path):
    with pytest.raises(UsageError, match="finished run"):
        sketches.open_earlier(tmp_path, tmp_path / "work", Settings())


def test_sketches_load_into_datasketch(tmp_path):
    earlier_of(tmp_path, [f"Short\n\n{LONG}", NEXT], Settings())
    found = list(minhash.run_sketches(tmp_path / "earlier"))
    assert [(key, start, end) for key, start, end, _ in found] == [
        ("0.txt", 7, 7 + len(LONG)),
        ("1.txt", 0, len(NEXT)),
    ]
    assert [
        made.jaccard(minhash.sketch(text)) for (*_, made), text in zip(found, (LONG, NEXT), strict=True)
    ] == [1, 1]


def test_a_template_takes_linear_work():
    docs = ["\n".join(words(*range(40), 1000 + k) for k in range(3000))]
    plan, found = plan_of(docs)
    assert len(found) == 2999
    assert plan.statistics.verified == 2999


WORD = st.integers(0, 400)
PASSAGE = st.lists(WORD, min_size=0, max_size=30)


@st.composite
def corpora(draw) -> list[str]:
    """Documents of random passages and of random near copies of them."""
    pool = draw(st.lists(PASSAGE, min_size=1, max_size=4))
    docs = []
    for _ in range(draw(st.integers(1, 4))):
        lines = []
        for _ in range(draw(st.integers(0, 5))):
            passage = list(draw(st.sampled_from(pool)))
            for _ in range(draw(st.integers(0, 2))):
                if passage:
                    passage[draw(st.integers(0, len(passage) - 1))] = draw(WORD)
            lines.append(words(*passage))
        docs.append(draw(st.sampled_from(["\n", "\n\n"])).join(lines))
    return docs


def oracle(docs: list[str], options: Settings) -> set[tuple[int, int]]:
    """Brute force over all pairs: the (document, line) of every long passage that goes."""
    places = [
        (number, at, minhash.shingles(line))
        for number, doc in enumerate(docs)
        for at, line in enumerate(doc.split("\n"))
        if len(minhash.tokens(line)) >= options.min_words
    ]
    if options.keep == "longest":
        places.sort(key=lambda place: -len(docs[place[0]].split("\n")[place[1]].split()))
    kept: list[frozenset] = []
    gone = set()
    for number, at, found in places:
        if any(minhash.jaccard(found, other) >= options.threshold for other in kept):
            gone.add((number, at))
        else:
            kept.append(found)
    return gone


@given(corpora(), st.sampled_from(["first", "longest"]), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_the_greedy_definition(docs, keep, shards):
    options = Settings(threshold=0.7, keep=keep, bands=128, rows=1)
    found = {
        (number, docs[number].count("\n", 0, removal.start)): removal
        for number, removal in plan_of(docs, options, shards=shards)[1]
    }
    long = {place for place, removal in found.items() if removal.kind in ("exact", "near")}
    assert long == oracle(docs, options)
    for (number, _), removal in found.items():
        kept = int(removal.kept)
        assert (kept, docs[kept].count("\n", 0, removal.kept_start)) not in found
        one, other = (
            docs[number][removal.start : removal.end],
            docs[kept][removal.kept_start : removal.kept_end],
        )
        assert removal.similarity == minhash.jaccard(minhash.shingles(one), minhash.shingles(other)) >= 0.7


@given(corpora(), st.sampled_from(["first", "longest"]), st.sampled_from(["corpus", "document"]))
@settings(max_examples=100, deadline=None)
def test_a_second_time_nothing_goes(docs, keep, scope):
    options = Settings(keep=keep, scope=scope)
    once = apply(docs, options)
    assert apply(once, options) == once


@given(corpora())
@settings(max_examples=50, deadline=None)
def test_shards_do_not_matter(docs):
    one, three = (
        [(doc, replace(removal, kept_index=0)) for doc, removal in plan_of(docs, shards=count)[1]]
        for count in (1, 3)
    )
    assert one == three


def test_a_document_on_its_own():
    found = within(f"{LONG}\n\n{NEXT}\n\n{LONG}", Settings(), key="a.txt")
    assert [(removal.kind, removal.kept, removal.kept_start) for removal in found] == [("exact", "a.txt", 0)]
    assert within("", Settings()) == ()


def test_the_example_finds_a_passage_in_a_datasketch_index(tmp_path, capsys):
    earlier_of(tmp_path, [f"Short\n\n{LONG} {OTHER}", NEXT], Settings())
    script = Path(__file__).parents[1] / "examples" / "datasketch_index.py"
    runpy.run_path(str(script))["main"](str(tmp_path / "earlier"), f"{LONG} {OTHER} So it was.")
    assert capsys.readouterr().out == f"0.txt:7-{7 + len(LONG) + 1 + len(OTHER)}\n"


def test_the_defaults_of_the_rules_are_those_of_the_program():
    rules = Cleaner(RunSettings(steps=("dedup",))).rules.select("dedup", "und", "article")
    assert settings_from(rules) == Settings()


def test_an_option_that_is_not_known_is_an_error():
    with pytest.raises(UsageError, match="tresholt"):
        settings_of({"tresholt": 0.8})


def test_flags_leave_the_text_alone():
    rules = SimpleNamespace(get=lambda rule_id: SimpleNamespace(id=rule_id, options={"action": "flag"}))
    _, [(_, removal)] = plan_of([f"{LONG}\n\n{LONG}"])
    [flag] = find(f"{LONG}\n\n{LONG}", Context(rules, corpus=(removal,)))
    assert (flag.start, flag.end, flag.rule, flag.severity) == (
        len(LONG) + 2,
        2 * len(LONG) + 2,
        "dedup/exact",
        "info",
    )


def test_a_rule_that_is_off_takes_nothing_out():
    rules = SimpleNamespace(get=lambda rule_id: None)
    _, [(_, removal)] = plan_of([f"{LONG}\n\n{LONG}"])
    assert list(find(f"{LONG}\n\n{LONG}", Context(rules, corpus=(removal,)))) == []


def test_a_document_alone_is_searched_in_itself():
    text = f"{LONG}\n\n{NEXT}\n\n{LONG}"
    assert splice(text, checked(text, find(text, Context(RULES)))) == f"{LONG}\n\n{NEXT}"


def test_crowded_buckets_are_capped_and_counted():
    docs = ["\n".join(words(*range(40), *range(1000 * k, 1000 * k + 12)) for k in range(1, 60))]
    plan, found = plan_of(docs, Settings(threshold=0.95, bucket_cap=5))
    assert (found, plan.statistics.removed["near"]) == ([], 0)
    assert plan.statistics.capped > 0
    assert plan.statistics.verified <= 59 * 32 * 5
    assert plan_of(docs, Settings(threshold=0.95))[0].statistics.capped == 0
