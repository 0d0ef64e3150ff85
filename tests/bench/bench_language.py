"""Cost of language identification: `python -m tests.bench.bench_language [FILE.jsonl[.gz] ...]`.

Prints the CPU time of loading the table (warm cache) and of one detection, by length of text, in NumPy
and in compiled code. Files of records with `text` add texts and megabytes (10^6 bytes of UTF-8) a second;
with `lang` too, accuracy and how often the answer was `und`.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path

from cleaner.language import UNKNOWN, _detected, detect, ngrams, table
from tests.bench.results import keep, record

SENTENCE = "The harbour office of Lindowmoor said on Friday that ferry {} to the isle runs until {} o'clock. "
ALIASES = {"nb": "no", "nn": "no", "iw": "he", "fil": "tl", "cmn": "zh", "in": "id"}


def main() -> None:
    import numpy  # noqa: F401 (its import is not the table's cost)

    detect("builds the cache when there is none")
    table.table.cache_clear()
    start = time.process_time()
    known = table.table()
    print(f"load      {1000 * (time.process_time() - start):8.2f} ms  {known.weights.shape[0]} n-grams")
    text = "".join(SENTENCE.format(number, number * 7) for number in range(200))
    for label, spent in (("NumPy", -(10**12)), ("compiled", 10**12)):
        ngrams._EFFORT.spent = spent
        detect("loads what is to be measured")
        for size in (20, 100, 1000, 3000, 10_000):
            pieces = [text[start : start + size] for start in range(300)]  # no text is asked for twice
            best = min(seconds(detect, pieces) for _ in range(5)) / len(pieces)
            record("language", f"{label}, {size} characters", 1000 * best, "ms")
    for path in sys.argv[1:]:
        records = read(Path(path))
        texts = [record["text"] for record in records]
        taken, size = seconds(detect, texts), sum(len(text.encode("utf-8", "replace")) for text in texts)
        print(f"{path}: {len(texts) / taken:.0f} texts/s  {size / taken / 1e6:.1f} MB/s  n {len(texts)}")
        if "lang" in records[0]:
            accuracy(records)
    keep("language")


def seconds(function, texts: list[str]) -> float:
    _detected.cache_clear()
    start = time.process_time()
    for text in texts:
        function(text)
    return time.process_time() - start


def read(path: Path) -> list[dict]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="surrogatepass") as file:
        return [json.loads(line) for line in file]


def accuracy(records: list[dict]) -> None:
    known = {name.partition("-")[0] for name in table.table().languages}
    outcome: Counter[str] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for entry in records:
        code = entry["lang"].lower().replace("_", "-").partition("-")[0]
        code = ALIASES.get(code, code)
        if code not in known:
            continue
        said = detect(entry["text"])
        outcome["right" if said == code else "und" if said == UNKNOWN else "wrong"] += 1
        if said != code:
            missed[code, said] += 1
    whole = outcome.total()
    print(f"accuracy {outcome['right'] / whole:.4f}  und {outcome['und'] / whole:.4f}  n {whole}")
    print("missed  ", "  ".join(f"{a}>{b} {count}" for (a, b), count in missed.most_common(8)))


if __name__ == "__main__":
    main()
