"""What one rule did in a run: each edit once, each flag once, at its line in the source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit.test_history import LONG
from tests.conftest import Result
from tests.support.corpora import write

Clean = Callable[..., Result]
SOURCE = {
    "a.txt": f"{LONG}\r\n\r\nRead also:\r\n• One more\r\n• Another one\r\n",
    "b.txt": f"First.\n\n{LONG.replace('Tuesday', 'Monday')}\n",
    "c.txt": "The mayor, who had a double usefulness, opened it.\n",
}
DEEDS = {
    "boilerplate/en/related-section": [
        "3 times",
        "a.txt:3: ",
        "a.txt:4: • One more",
        "a.txt:5: • Another one",
    ],
    "dedup/near": ["1 time", "b.txt:3: \\nThe council of Harrow"],
    "dedup/exact": ["0 times"],
    "boilerplate/en/advertisement": ["0 times"],
}


@pytest.mark.parametrize("rule", DEEDS)
def test_every_deed_is_listed_once_at_its_line(rule: str, tmp_path: Path, clean: Clean) -> None:
    assert clean("run", write(tmp_path / "in", SOURCE), tmp_path / "out", "-q").code == 0
    result = clean("rules", "show", rule, "--run", tmp_path / "out")
    assert result.code == 0
    told = result.out[result.out.index(f"in {tmp_path / 'out'}: ") :]
    for expected in DEEDS[rule]:
        assert expected in told
    assert told.count("\n  ") == int(DEEDS[rule][0].partition(" ")[0])
