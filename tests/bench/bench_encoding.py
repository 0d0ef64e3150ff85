"""How fast the encoding step and decoding are, and ftfy on the same text in the same run.

    python -m tests.bench.bench_encoding [--kilobytes 2000]

The text is made of a few sentences a language in random order, in documents of about 4 KB; sizes
are UTF-8 bytes, one core. `ratio` is the speed of the step over that of plain `ftfy.fix_text`, which is
given a tenth of the text. Goals: 80 MB/s over clean English, 25 MB/s over clean Cyrillic and Han.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ftfy
from ruamel.yaml import YAML

from cleaner.charsets.decode import decode
from cleaner.steps.encoding import find
from tests.bench.results import keep, record

CASES = Path(__file__).parent.parent / "cases" / "encoding" / "legacy.yaml"
ENGLISH = (
    "The council met on Friday to talk about the bridge, and it didn’t agree on anything at all.",
    "“We’ll have to wait,” the mayor said — and nobody laughed.",
    "Snow fell during the night, so the road was closed until the early afternoon.",
    "A spokesman for the company said that the price of bread would rise by 3% in the spring.",
    "Her grandmother baked a cake with plums while the children waited in front of the school.",
    "It is not known when the next meeting begins, or whether there’ll be one.",
)
RULES = "mojibake entities ligatures surrogates controls nfc line-ends trailing-space"
CONTEXT: Any = SimpleNamespace(rules={f"encoding/{name}": name for name in RULES.split()})


def documents(sentences: list[str], size: int, end: str = "\n\n") -> list[str]:
    """Make documents of about 4 KB until there are `size` bytes."""
    chance, docs, made = random.Random(3), [], 0
    while made < size:
        paragraphs = [" ".join(chance.choices(sentences, k=4)) for _ in range(10)]
        docs.append(end.join(paragraphs) + "\n")
        made += len(docs[-1].encode())
    return docs


def rate(work: Callable[[str], object], docs: list[str]) -> float:
    """Return MB/s, the best of three passes."""
    size, best = sum(len(doc.encode()) for doc in docs), float("inf")
    for _ in range(3):
        start = time.process_time()
        for doc in docs:
            work(doc)
        best = min(best, time.process_time() - start)
    return size / best / 1e6


def main() -> None:
    """Print a table of text against speed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kilobytes", type=int, default=2000)
    size = parser.parse_args().kilobytes * 1000
    by_language = {
        case["language"]: case["sentences"] for case in YAML(typ="safe").load(CASES.read_text("utf-8"))
    }
    by_language["en"] = list(ENGLISH)
    texts = {f"clean {language}": documents(by_language[language], size) for language in
             ("en", "ru", "zh", "ja", "ko", "fr", "de", "cs", "el", "ar", "th", "vi")}  # fmt: skip
    texts["clean en, ASCII"] = [doc.encode("ascii", "ignore").decode() for doc in texts["clean en"]]
    texts["en with CRLF"] = documents(list(ENGLISH), size, "\r\n\r\n")
    broken = ["Itâ€™s the cafÃ© again &amp; again.", *ENGLISH * 5]
    texts["en, one sentence in 31 broken"] = documents(broken, size)
    for name, docs in texts.items():
        ours = rate(lambda doc: list(find(doc, CONTEXT)), docs)
        theirs = rate(ftfy.fix_text, docs[: max(1, len(docs) // 10)])
        record("encoding", name, ours)
        record("encoding", f"{name}, beside ftfy.fix_text", ours / theirs, "times")
    for language, encoding in (
        ("en", "utf-8"),
        ("ru", "utf-8"),
        ("ru", "cp1251"),
        ("fr", "cp1252"),
        ("zh", "gb18030"),
    ):
        data = "".join(documents(by_language[language], size)).encode(encoding)
        decode(data[:100])
        start = time.process_time()
        decode(data)
        record("encoding", f"decode {language} {encoding}", len(data) / (time.process_time() - start) / 1e6)
    keep("encoding")


if __name__ == "__main__":
    main()
