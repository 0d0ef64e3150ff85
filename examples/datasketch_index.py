"""Fill a datasketch index from the sketches of a finished run, and look a text up in it.

    python examples/datasketch_index.py OUT "A paragraph to look for ..."

Every run leaves the sketches of its passages in OUT/_clean. They are plain datasketch objects, so
they go into any of its indexes: MinHashLSH with storage in Redis or Cassandra, MinHashLSHForest,
HNSW. The text is looked up by the same shingles.
"""

from __future__ import annotations

import sys
from pathlib import Path

from datasketch import MinHashLSH

from cleaner.dedup import archive, minhash
from cleaner.dedup.parameters import PERMUTATIONS


def index_of(out: Path) -> MinHashLSH:
    """Put the passages of a run into an index; a key is the document, start and end of a passage."""
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(32, 4))
    with index.insertion_session() as session:
        for doc, start, end, sketch in archive.run_sketches(out):
            session.insert((doc, start, end), sketch, check_duplication=False)
    return index


def main(out: str, text: str) -> None:
    """Write the passages that may be similar to a text."""
    for doc, start, end in sorted(index_of(Path(out)).query(minhash.datasketch_of(text))):
        sys.stdout.write(f"{doc}:{start}-{end}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
