"""How long each page took in the two worlds: whether somebody with a watch could tell them apart.

Times are compared page by page. A page tells the worlds apart when its medians lie further from one another than one
bucket, and when that is no chance (Mann-Whitney): a busy machine slows both worlds, which are lived through in turns.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import median

# Two walks of one guardian through the same pages differ by so much from one another anyway.
BUCKET = 1.25
# One in about thirty thousand by chance, for one page.
NO_CHANCE = 4.0
Timed = Iterable[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page's two medians in milliseconds, how often it was met, and how far from chance their difference is."""

    label: str
    met: int
    with_them: float
    without: float
    sigmas: float

    @property
    def ratio(self) -> float:
        """The median with the hidden deeds over the one without."""
        return self.with_them / self.without

    @property
    def tells(self) -> bool:
        """Whether the page takes another time in each world, by more than a bucket and not by chance."""
        return not 1 / BUCKET <= self.ratio <= BUCKET and abs(self.sigmas) > NO_CHANCE


@dataclass
class PageTimes:
    """The seconds of every page, by its label, in the world with the hidden deeds and in the one without."""

    with_them: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    without: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __add__(self, other: PageTimes) -> PageTimes:
        """Both together."""
        return PageTimes(_merged(self.with_them, other.with_them), _merged(self.without, other.without))

    def add(self, with_them: Timed, without: Timed) -> None:
        """One more pair of walks."""
        for kept, timed in ((self.with_them, with_them), (self.without, without)):
            for label, took in timed:
                kept[label].append(took)

    def pages(self, least: int = 10) -> list[Page]:
        """The pages that were met so often in each world, the most telling first."""
        labels = [one for one in self.without if min(len(self.without[one]), len(self.with_them.get(one, ()))) >= least]
        found = [self._page(label) for label in labels]
        return sorted(found, key=lambda page: max(page.ratio, 1 / page.ratio), reverse=True)

    def _page(self, label: str) -> Page:
        some, none = self.with_them[label], self.without[label]
        return Page(label, len(none), 1000 * median(some), 1000 * median(none), sigmas(some, none))


def sigmas(some: list[float], none: list[float]) -> float:
    """How many standard deviations the Mann-Whitney count lies from what chance gives; positive: `some` are longer."""
    ordered, count = sorted(none), 0.0
    for one in some:
        count += (bisect_left(ordered, one) + bisect_right(ordered, one)) / 2
    m, n = len(some), len(none)
    return (count - m * n / 2) / sqrt(m * n * (m + n + 1) / 12)


def _merged(one: Mapping[str, list[float]], two: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {label: [*one.get(label, ()), *two.get(label, ())] for label in {**one, **two}}
