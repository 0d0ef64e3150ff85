"""Pages of other kinds keep their scores; in a thread, the posts that are made alike have one."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.formats.html import article
from cleaner.formats.html.threads import LEAST_POSTS, families, levelled, thread_share

POST = "<li class='post'><div class='text'><p>The ferry to the island is late again, and nobody {} why.</p></div></li>"
PAGE = "<html><body><ul class='menu'><li>Home</li></ul><ol class='posts'>{}</ol></body></html>"


@pytest.mark.parametrize(
    ("kinds", "share"),
    [
        ({}, 0.0),
        ({"article": 0.9}, 0.0),
        ({"article": 0.6, "forum": 0.6}, 0.5),
        ({"forum": 0.2}, 1.0),
    ],
)
def test_how_far_a_page_is_a_thread(kinds: dict[str, float], share: float) -> None:
    assert thread_share(kinds) == share


@pytest.mark.parametrize(
    ("posts", "share", "level"),
    [(LEAST_POSTS - 1, 1.0, 0.9), (LEAST_POSTS, 0.0, 0.9), (LEAST_POSTS, 0.5, 0.75), (LEAST_POSTS, 1.0, 0.6)],
)
def test_posts_have_the_mean_of_their_family(posts: int, share: float, level: float) -> None:
    scores = np.array([0.9, *[0.45] * (posts - 1), 0.2])
    prose = np.array([*[20.0] * posts, 0.0])
    found = levelled(scores, np.zeros(posts + 1, np.int64), prose, share)
    assert found[0] == pytest.approx(level)
    assert found[-1] == 0.2


def test_a_page_without_blocks_has_nothing_to_level() -> None:
    assert levelled(np.zeros(0), np.zeros(0, np.int64), np.zeros(0), 1.0).size == 0


def test_a_family_is_made_alike_above_its_text() -> None:
    page = article.read(PAGE.format("".join(map(POST.format, ("knows", "says", "asks")))))
    assert page is not None
    menu, *posts = families(page.blocks).tolist()
    assert len(posts) == 3
    assert len(set(posts)) == 1
    assert menu not in posts
