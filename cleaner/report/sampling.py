"""Samples and counts of bounded size that can be added up in any order.

What a sample holds depends on what was offered alone, not on the order or on how the trail was cut: each
thing has a number drawn from its bytes and `SEED`, and those with the smallest numbers are kept. So equal
runs show equal samples, and shards can be looked at apart.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import xxhash

SEED: Final = 20
"""Seed of all samples; the page states it."""
_SPAN: Final = 1 << 63
"""What is drawn is below it, so that JSON has room for the number and for its negative."""
Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


def drawn(data: bytes) -> int:
    """Return the number that is drawn for some bytes, of 63 bits.

    >>> drawn(b"a") == drawn(b"a") != drawn(b"b")
    True
    """
    return xxhash.xxh3_64_intdigest(data, SEED) >> 1


@dataclass(slots=True)
class Sample(Generic[Item]):
    """A uniform sample of at most `size` items without repetition.

    >>> sample = Sample(2)
    >>> for item in "abcde":
    ...     sample.offer(drawn(item.encode()), item)
    >>> len(sample.items())
    2
    """

    size: int
    _heap: list[tuple[int, int, Item]] = field(default_factory=list)
    _offered: int = 0

    def offer(self, number: int, item: Item) -> None:
        """Take an item if its number is among the smallest so far."""
        self._offered += 1
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, (-number, self._offered, item))
        elif self.size and -number > self._heap[0][0]:
            heapq.heapreplace(self._heap, (-number, self._offered, item))

    def wants(self, number: int) -> bool:
        """Tell whether an item with this number would be taken."""
        return len(self._heap) < self.size or (self.size > 0 and -number > self._heap[0][0])

    def add(self, other: Sample[Item]) -> None:
        """Add a sample of something else."""
        for number, _, item in sorted(other._heap, key=lambda entry: -entry[0]):
            self.offer(-number, item)

    def items(self) -> list[Item]:
        """Return the items in the order of their numbers, which is a random one."""
        return [item for _, _, item in sorted(self._heap, key=lambda entry: (-entry[0], entry[1]))]

    def __len__(self) -> int:
        return len(self._heap)


@dataclass(slots=True)
class Top(Generic[Item]):
    """The `size` items of the greatest weight; of equal ones those with the smaller key.

    >>> top = Top(2)
    >>> for weight, key in ((1, "a"), (3, "b"), (3, "c"), (3, "d")):
    ...     top.offer(weight, key, key)
    >>> top.items()
    ['b', 'c']
    """

    size: int
    _found: dict[str, tuple[float, Item]] = field(default_factory=dict)
    _least: float = float("-inf")
    """What an item has to reach to be looked at."""

    def offer(self, weight: float, key: str, item: Item) -> None:
        """Take an item if it is heavy enough; one key holds one item."""
        if weight >= self._least:
            self._found[key] = weight, item
            if len(self._found) >= 4 * self.size:
                self._prune()

    def wants(self, weight: float) -> bool:
        """Tell whether an item of this weight might be taken."""
        return weight >= self._least

    def add(self, other: Top[Item]) -> None:
        """Add those of something else."""
        for key, (weight, item) in other._found.items():
            self.offer(weight, key, item)

    def _ordered(self) -> list[tuple[str, tuple[float, Item]]]:
        return sorted(self._found.items(), key=lambda entry: (-entry[1][0], entry[0]))

    def shorten(self) -> None:
        """Forget what is not among them."""
        if len(self._found) > self.size:
            self._prune()

    def _prune(self) -> None:
        self._found = dict(self._ordered()[: self.size])
        self._least = min(weight for weight, _ in self._found.values())

    def items(self) -> list[Item]:
        """Return the items, the heaviest first."""
        return [item for _, (_, item) in self._ordered()[: self.size]]


@dataclass(slots=True)
class Distinct:
    """How many different things there are: exact up to `size`, an estimate beyond it.

    The estimate is that of the k smallest of uniform numbers; with 256 it is off by 6 % in the mean.

    >>> few = Distinct(8)
    >>> for item in (b"a", b"b", b"a"):
    ...     few.see(drawn(item))
    >>> few.count, few.exact
    (2, True)
    """

    size: int
    _smallest: set[int] = field(default_factory=set)
    _most: int = _SPAN

    def see(self, number: int) -> None:
        """Count the thing for which this number was drawn."""
        if number < self._most:
            self._smallest.add(number)
            if len(self._smallest) >= 2 * self.size:
                self._prune()

    def add(self, other: Distinct) -> None:
        """Add what was seen elsewhere."""
        for number in other._smallest:
            self.see(number)

    def _prune(self) -> None:
        self._smallest = set(heapq.nsmallest(self.size, self._smallest))
        self._most = max(self._smallest)

    @property
    def exact(self) -> bool:
        """Whether the count is one."""
        return len(self._smallest) <= self.size and self._most == _SPAN

    @property
    def count(self) -> int:
        """The number of things seen."""
        if len(self._smallest) < self.size or self.exact:
            return len(self._smallest)
        smallest = heapq.nsmallest(self.size, self._smallest)
        return int((self.size - 1) * _SPAN / (smallest[-1] + 1))


@dataclass(slots=True)
class Frequent(Generic[Key]):
    """The most frequent of many things; where more than `4 * size` differ, counts are lower bounds.

    >>> seen = Frequent(8)
    >>> [seen.see(key) for key in "abracadabra"].count(True)
    5
    >>> seen.most(2)
    [('a', 5), ('b', 2)]
    """

    size: int
    _counts: dict[Key, int] = field(default_factory=dict)
    exact: bool = True

    def see(self, key: Key, times: int = 1) -> bool:
        """Count one; tell whether it had not been seen, as far as is remembered."""
        count = self._counts.get(key)
        if count is not None:
            self._counts[key] = count + times
            return False
        if len(self._counts) >= 4 * self.size:
            self._counts = dict(self.most(self.size))
            self.exact = False
        self._counts[key] = times
        return True

    def add(self, other: Frequent[Key]) -> None:
        """Add counts from elsewhere."""
        self.exact &= other.exact
        for key, count in other._counts.items():
            self.see(key, count)

    def most(self, limit: int) -> list[tuple[Key, int]]:
        """Return the most frequent, with their counts; of equal ones by the key."""
        return sorted(self._counts.items(), key=lambda entry: (-entry[1], entry[0]))[:limit]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._counts)
