"""How fast the line-break step is over clean prose, and over text that it has to unwrap.

    python -m tests.bench.bench_linebreaks [--kilobytes 2000]

The text is made of a few sentences in random order, in documents of about 10 KB; sizes are UTF-8
bytes, one core.
"""

from __future__ import annotations

import argparse
import random
import textwrap
import time

from cleaner.steps import Context
from cleaner.steps.linebreaks import find
from tests.bench.results import keep, record
from tests.support.rules import load_rules

ENGLISH = (
    "The council met on Friday to talk about the bridge, and it did not agree on anything at all.",
    '"We shall have to wait," the mayor said, and nobody laughed.',
    "Snow fell during the night, so the road was closed until the early afternoon.",
    "A spokesman for the company said that the price of bread would rise by 3% in the spring.",
    "Her grandmother baked a cake with plums while the children waited in front of the school.",
)
UKRAINIAN = (
    "Рада зібралася в п'ятницю, щоб поговорити про міст, і ні про що не домовилася.",
    "Уночі випав сніг, тому дорога була закрита до обіду.",
    "Представник компанії сказав, що ціна хліба навесні зросте на 3%.",
)
CHINESE = ("议会星期五开会讨论桥梁问题，但没有达成任何协议。", "夜里下了雪，所以道路一直封闭到下午。")


def paragraphs(sentences: tuple[str, ...], size: int, glue: str) -> list[list[str]]:
    """Make documents of twenty paragraphs, a heading above every fifth, until there are `size` bytes."""
    chance, docs, made = random.Random(5), [], 0
    while made < size:
        doc = []
        for number in range(20):
            if number % 5 == 0:
                doc.append(glue.join(chance.choices(sentences, k=1)).rstrip(".。")[:40])
            doc.append(glue.join(chance.choices(sentences, k=chance.randint(2, 6))))
        docs.append(doc)
        made += sum(len(paragraph.encode()) + 1 for paragraph in doc)
    return docs


def main() -> None:
    """Print a table of text against speed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kilobytes", type=int, default=2000)
    size = parser.parse_args().kilobytes * 1000
    english = paragraphs(ENGLISH, size, " ")
    texts = {
        "clean en, one paragraph a line": ("en", ["\n".join(doc) for doc in english]),
        "clean en, blank lines between": ("en", ["\n\n".join(doc) for doc in english]),
        "clean uk": ("uk", ["\n".join(doc) for doc in paragraphs(UKRAINIAN, size, " ")]),
        "clean zh": ("zh", ["\n".join(doc) for doc in paragraphs(CHINESE, size, "")]),
        "en wrapped at 72": ("en", ["\n\n".join(textwrap.fill(p, 72) for p in doc) for doc in english[:10]]),
    }
    book = load_rules()
    for name, (language, docs) in texts.items():
        context, best = Context(book.select("linebreaks", language), language), float("inf")
        for _ in range(3):
            start = time.process_time()
            for doc in docs:
                list(find(doc, context))
            best = min(best, time.process_time() - start)
        record("linebreaks", name, sum(len(doc.encode()) for doc in docs) / best / 1e6)
    keep("linebreaks")


if __name__ == "__main__":
    main()
