"""Cost of language identification: `python tests/bench/bench_language.py [FILE.jsonl[.gz]]`.

Prints the CPU time of loading the table (warm cache) and of one detection, by length of text. A file
of records with `text` and `lang` adds accuracy, and how often the answer was `und`.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path

SENTENCE = "The harbour office of Lindowmoor said on Friday that ferry {} to the isle runs until {} o'clock. "
ALIASES = {"nb": "no", "nn": "no", "iw": "he", "fil": "tl", "cmn": "zh", "in": "id"}


def main() -> None:
    import numpy  # noqa: F401 (its import is not the table's cost)

    from cleaner.language import detect

    detect("builds the cache when there is none")
    from cleaner.language import table

    table.table.cache_clear()
    start = time.process_time()
    table = table.table()
    print(f"load    {1000 * (time.process_time() - start):8.2f} ms  {table.weights.shape[0]} n-grams")
    text = "".join(SENTENCE.format(number, number * 7) for number in range(200))
    for size in (20, 100, 1000, 3000, 10_000):
        best = min(seconds(detect, text[:size]) for _ in range(5))
        print(f"detect  {1000 * best:8.3f} ms  {size} characters")
    if len(sys.argv) > 1:
        accuracy(Path(sys.argv[1]))


def seconds(function, text: str, repeat: int = 100) -> float:
    start = time.process_time()
    for _ in range(repeat):
        function(text)
    return (time.process_time() - start) / repeat


def accuracy(path: Path) -> None:
    from cleaner.language import UNKNOWN, detect
    from cleaner.language.table import table

    known = {name.partition("-")[0] for name in table().languages}
    opener = gzip.open if path.suffix == ".gz" else open
    outcome: Counter[str] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    with opener(path, "rt", encoding="utf-8", errors="surrogatepass") as file:
        for line in file:
            record = json.loads(line)
            code = record["lang"].lower().replace("_", "-").partition("-")[0]
            code = ALIASES.get(code, code)
            if code not in known:
                continue
            said = detect(record["text"])
            outcome["right" if said == code else "und" if said == UNKNOWN else "wrong"] += 1
            if said != code:
                missed[code, said] += 1
    whole = outcome.total()
    print(f"accuracy {outcome['right'] / whole:.4f}  und {outcome['und'] / whole:.4f}  n {whole}")
    print("missed  ", "  ".join(f"{a}>{b} {count}" for (a, b), count in missed.most_common(8)))


if __name__ == "__main__":
    main()
