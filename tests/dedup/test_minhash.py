"""Kernels against the pure definition, and signatures against datasketch."""

from __future__ import annotations

import re
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from unicodedata import category, combining, normalize
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.dedup import minhash
from cleaner.dedup.kernels import character_table, compiler, tokenizer
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching import interpreted
from cleaner.dedup.sketching.blocks import APART, BLOCK, LISTED, NO_BLOCKS, SPARED, SPEECH
from cleaner.dedup.sketching.passages import passages
from cleaner.dedup.sketching.permutations import permutations
from cleaner.dedup.sketching.signatures import sketch
from cleaner.dedup.tokens import SELECTORS, tokens, word_count
from cleaner.engines import compiling
from cleaner.engines.compiling import stamp
from cleaner.errors import UsageError

ALPHABET = st.one_of(
    st.sampled_from(
        "aAbB zZ _-'.,\t\x1c\x85\xa0\u2028ΣσςΑαʰ\u0301\u00adİıIﬀßǅ東京語กขະၼកあア\ud800\U00020000\U000e0100𝐀"
        "5٥+=<$€−😀\ufe0f\u0e34कि़न\u0bc6\u0bbe\u0307\u0323ṩ\u0327\u0338\u0958\u0344각\u1100\u1161\u11a8\u3099か"
    ),
    st.characters(),
)
TEXT = st.text(ALPHABET, max_size=60).map(lambda text: text.replace("\n", " "))


def table_of(text: str, **options: Any):
    buffer = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    bounds = np.array([0, buffer.size], np.int64)
    made = sketch(buffer, passages(buffer, bounds, "paragraph"), Parameters(**options))
    return replace(made, bounds=bounds)


def hashes_of(text: str, size: int = 5) -> list[int]:
    """Shingle hashes as the kernel gives them."""
    buffer = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8).copy()
    out = np.zeros(2 * buffer.size + 2, np.uint64)
    count, _ = tokenizer.tokenize(buffer, 0, buffer.size, character_table.table(), out)
    return out[: tokenizer.shingle(out, count, size)].tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t.,;—", []),
        ("a - b, well-known, 10-5, é-5, x- 5", [*"ab", "well", "known", "10", "5", "é", "5", "x", "5"]),
        ("^ ` % & * # @ \u0301", []),
        ("İstanbul", ["i̇stanbul"]),
        ("लड़का लड़की", ["लड़का", "लड़की"]),
        ("বাংলা மொழி తెలుగు", ["বাংলা", "மொழி", "తెలుగు"]),
        ("שָׁלוֹם كِتَابٌ", ["שָׁלוֹם", "كِتَابٌ"]),
        ("-5 (-7) +5 −5 -٥", ["-", "5", "-", "7", "+", "5", "−", "5", "-", "٥"]),
        ("$12 €12", ["$", "12", "€", "12"]),
        ("a<b a > b c|d ~x y=z", [*"a<ba>bc|d~xy=z"]),
        ("👍🏽 ❤️ ©", ["👍", "❤", "©"]),
        ("e\u0301 \u1100\u1161 =\u0338", ["é", "가", "≠"]),
        ("q\u0307\u0323", ["q\u0323\u0307"]),
        ("ΟΔΟΣ ΟΔΟΣ1 Σ", ["οδος", "οδος1", "σ"]),
        ("don't stop", ["don", "t", "stop"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("ภาษาที่นี่", ["ภ", "า", "ษ", "า", "ที่", "นี่"]),
        ("葛\U000e0100城", ["葛\U000e0100", "城"]),
        ("12 dead, 40 dead", ["12", "dead", "40", "dead"]),
        ("snake_case", ["snake_case"]),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected
    assert hashes_of(text) == minhash.shingle_hashes(text)


@given(TEXT, st.integers(1, 7))
@settings(max_examples=400, deadline=None)
def test_the_kernel_sees_the_tokens_that_python_sees(text, size):
    assert hashes_of(text, size) == minhash.shingle_hashes(text, size=size)


def test_every_character_alone_and_between_letters_and_digits():
    for first in range(0, sys.maxunicode + 1, 997):
        text = "".join(
            f"{chr(code)} x{chr(code)}y {chr(code)}-5 -{chr(code)} "
            for code in range(first, min(first + 997, sys.maxunicode + 1), 13)
        )
        assert hashes_of(text.replace("\n", " ")) == minhash.shingle_hashes(text.replace("\n", " "))


def test_the_table_is_what_python_says():
    table = character_table.table()
    word, digit = re.compile(r"\w"), re.compile(r"\d")
    for code in range(0, character_table.LIMIT, 7):
        char = chr(code)
        lower, found = char.lower(), int(table[code])
        raw = lower.encode("utf-8", "surrogatepass")
        assert (found & character_table.BYTES).to_bytes(4, "little") == raw.ljust(4, b"\0")
        assert found >> character_table.LENGTH & 7 == len(raw)
        assert bool(found & character_table.WORD) == bool(word.match(lower))
        assert bool(found & character_table.DIGIT) == bool(digit.match(lower))
        assert bool(found & character_table.MARK) == category(char).startswith("M")
        assert bool(found & character_table.SIGN) == (category(char) in ("Sc", "Sm", "So"))
        assert bool(found & character_table.SPACE) == char.isspace() == (not char.strip())
        assert found >> character_table.COMBINING == combining(char)
    for code in range(character_table.LIMIT, sys.maxunicode + 1, 31):
        char = chr(code)
        selector = SELECTORS[0] <= code <= SELECTORS[1]
        assert char.lower() == char
        assert not char.isspace()
        assert not word.match(char)
        assert category(char) in ("Mn",) if selector else category(char)[0] not in "MS"


def test_texts_that_are_not_in_nfc_have_the_tokens_of_their_nfc():
    for code in range(0, 0x20000, 3):
        text = f"a{normalize('NFD', chr(code))}\u0323 {chr(code)}\u0327x"
        assert hashes_of(text) == minhash.shingle_hashes(text) == hashes_of(normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("+ - = $ ❤", 0),
        ("-5 € to +7", 3),
        ("東京", 0),
        ("東京都", 1),
        ("東京都の人口", 2),
        ("in 東京都 now", 3),
        ("กาที่นี่", 1),
        ("लड़की गई", 2),
    ],
)
def test_words_are_no_signs_and_three_characters_without_spaces(text, count):
    assert word_count(tokens(text)) == count
    assert table_of(text).words.tolist() == ([count] if text else [])


@given(st.lists(st.text(ALPHABET, max_size=12), max_size=12).map("\n".join))
@settings(deadline=None)
def test_passages_are_the_lines_with_their_white_space_left_out(text):
    with mock.patch("cleaner.dedup.sketching.passages.blocks_of", return_value=NO_BLOCKS):
        table = table_of(text)
    found = [text[at : at + chars] for at, chars in zip(table.at.tolist(), table.chars.tolist(), strict=True)]
    assert found == [line.strip() for line in text.split("\n") if line.strip()]
    raw = text.encode("utf-8", "surrogatepass")
    spans = zip(table.start.tolist(), table.end.tolist(), strict=True)
    assert [raw[start:end].decode("utf-8", "surrogatepass") for start, end in spans] == found
    assert table.tokens.tolist() == [len(tokens(passage)) for passage in found]
    assert table.words.tolist() == [word_count(tokens(passage)) for passage in found]


@given(st.lists(TEXT.filter(str.strip), min_size=2, max_size=2))
@settings(deadline=None)
def test_equal_digests_are_equal_tokens(texts):
    first, second = (table_of(text).digest[0].tolist() for text in texts)
    found = [tokens(text) for text in texts]
    assert (first == second) == (
        found[0] == found[1] and (bool(found[0]) or texts[0].strip() == texts[1].strip())
    )


def test_passages_without_a_token_are_equal_only_to_the_very_same():
    digest = table_of("***\n---\n***\n-").digest.tolist()
    assert digest[0] == digest[2]
    assert len({tuple(row) for row in digest}) == 3


PROSE = "The ferry left the harbour at nine, and the people on the wall went home before the rain came."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (f"{PROSE}\n\n{PROSE}", [0, APART]),
        (f"{PROSE}\n{PROSE}\n{PROSE}", [0, 0, 0]),
        (f"{PROSE}\n{PROSE}\n\n{PROSE}", [SPARED, SPARED, APART]),
        (f"\n{PROSE}\n\n“{PROSE}”\n\n— {PROSE}", [APART, APART | SPEECH | SPARED, APART | SPEECH | SPARED]),
        (
            f"{PROSE}\n\n```\nx = 1\n\ny = 2\n```\n\n{PROSE}",
            [0, APART | BLOCK | LISTED | SPARED, APART],
        ),
        (
            "Bring:\n\n- a rope\n- a lamp\n- two nets",
            [0, APART | LISTED | SPARED, LISTED | SPARED, LISTED | SPARED],
        ),
    ],
)
def test_what_is_protected_is_flagged(text, expected):
    assert table_of(text).flags.tolist() == expected


def test_a_block_has_the_digest_of_its_bytes():
    one, other, third, prose = (
        table_of(text).digest.tolist()
        for text in ("```\nx - 1\n```", "```\nx * 1\n```", "```\nX - 1\n```", "x - 1")
    )
    assert one == table_of("\n```\nx - 1\n```\n").digest.tolist()
    assert len({str(digest) for digest in (one, other, third, prose)}) == 4


def test_permutations_are_those_of_datasketch():
    from datasketch import MinHash

    made = MinHash(num_perm=128, seed=1, scheme="affine32")
    assert np.array_equal(permutations(), made.permutations)


@given(st.lists(TEXT, min_size=1, max_size=40), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_signatures_are_those_of_datasketch(parts, size):
    table = table_of(" ".join(parts), shingle=size, min_words=1)
    expected = minhash.datasketch_of(" ".join(parts), size=size)
    for _, lean in minhash.lean_sketches(table):
        assert lean.jaccard(expected) == 1.0
        assert np.array_equal(lean.hashvalues, expected.hashvalues)


def test_short_passages_have_no_signature():
    table = table_of("one two three\n" + " ".join(map(str, range(12))))
    assert table.long.tolist() == [1]
    assert table.signatures.shape == (1, 128)


@pytest.mark.parametrize(
    "options",
    [
        {"threshold": 0},
        {"shingle": 0},
        {"bands": 64},
        {"keep": "last"},
        {"unit": "sentences(0)"},
        {"unit": "line"},
    ],
)
def test_wrong_settings(options):
    with pytest.raises(UsageError):
        Parameters(**options)


LINES = st.sampled_from(
    ["", "", "```", "x = f(1)", "    return y", "| a | b |", "|---|---|", "- an item", "ANNA: é.", "“Yes,” he said.",
     "roses are red,", "violets are blue;", "Some words that are no line of anything but prose, as far as that goes."]
)  # fmt: skip


@given(
    st.one_of(
        st.lists(st.lists(TEXT, max_size=4).map(" ".join), max_size=6).map("\n".join),
        st.lists(LINES, max_size=14).map("\n".join),
    ),
    st.integers(1, 8),
    st.integers(1, 6),
)
@settings(max_examples=150, deadline=None)
def test_small_texts_are_digested_in_python_to_the_same_bits(text, least, size):
    buffer = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    bounds = np.array([0, buffer.size], np.int64)
    kernels = table_of(text, min_words=least, shingle=size, bands=16, rows=3)
    python = interpreted.tabulate(buffer, bounds, Parameters(min_words=least, shingle=size, bands=16, rows=3))
    for field in fields(kernels):
        one, other = getattr(kernels, field.name), getattr(python, field.name)
        assert (one.dtype, one.shape) == (other.dtype, other.shape), field.name
        assert np.array_equal(one, other), field.name


def test_kept_machine_code_is_stamped_with_the_sources_of_all_kernels():
    kept: list[Any] = [tokenizer.tokenize, tokenizer.shingle]
    sources = compiler._sources()
    stamps = {stamp(kernel.py_func.__code__.co_filename, *sources) for kernel in kept}
    assert {kernel._cache._cache_file._source_stamp for kernel in kept} == stamps
    assert {Path(source).name for source in sources} >= {"tokenizer.py", "characters.py", "sets.py"}


def test_kernels_compile_where_nothing_can_be_kept():
    def one() -> int:
        return 1

    with mock.patch.object(
        compiling, "njit", side_effect=[lambda _: (_ for _ in ()).throw(RuntimeError), lambda f: f]
    ):
        assert compiler.kernel(one)() == 1


@given(st.lists(st.text(ALPHABET, max_size=8), max_size=12).map("\n".join))
@settings(deadline=None)
def test_blocks_are_lines_up_to_a_blank_one(text):
    buffer = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    _, _, _, at, chars, _ = passages(buffer, np.array([0, buffer.size], np.int64), "block")
    found = [text[a : a + n] for a, n in zip(at.tolist(), chars.tolist(), strict=True)]
    lines = [line if line.strip() else "" for line in text.split("\n")]
    assert found == [
        block.strip() for block in re.split(r"\n{2,}", "\n".join(lines).strip("\n")) if block.strip()
    ]
