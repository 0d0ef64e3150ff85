"""The greedy definition against brute force, fixpoint, shards, linear work."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.dedup import minhash
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.tokens import tokens
from tests.support.passages import apply, plan_of, words


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
    assert [doc for doc, _ in plan_of(docs, Parameters(threshold=limit))[1]] == [1]


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


def oracle(docs: list[str], options: Parameters) -> set[tuple[int, int]]:
    """Brute force over all pairs: the (document, line) of every long passage that goes."""
    places = [
        (number, at, minhash.shingles(line))
        for number, doc in enumerate(docs)
        for at, line in enumerate(doc.split("\n"))
        if len(tokens(line)) >= options.min_words
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
    options = Parameters(threshold=0.7, keep=keep, bands=128, rows=1)
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
    options = Parameters(keep=keep, scope=scope)
    once = apply(docs, options)
    assert apply(once, options) == once


@given(corpora())
@settings(max_examples=50, deadline=None)
def test_shards_do_not_matter(docs):
    one, three = (
        [(doc, removal._replace(kept_index=0)) for doc, removal in plan_of(docs, shards=count)[1]]
        for count in (1, 3)
    )
    assert one == three


def test_crowded_buckets_are_capped_and_counted():
    docs = ["\n".join(words(*range(40), *range(1000 * k, 1000 * k + 12)) for k in range(1, 60))]
    plan, found = plan_of(docs, Parameters(threshold=0.95, bucket_cap=5))
    assert (found, plan.statistics.removed["near"]) == ([], 0)
    assert plan.statistics.capped > 0
    assert plan.statistics.verified <= 59 * 32 * 5
    assert plan_of(docs, Parameters(threshold=0.95))[0].statistics.capped == 0
