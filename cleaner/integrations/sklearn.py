"""scikit-learn: a transformer that cleans texts, for the front of a `Pipeline`.

    make_pipeline(TextCleaner(), TfidfVectorizer(), LogisticRegression())

It learns nothing, so that `fit` may be left out, and a pipeline with it can be cloned, searched and pickled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from cleaner.api.cleaning import Cleaner
from cleaner.api.configuration import Config


class TextCleaner(TransformerMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """Cleans every text of a sequence on its own; the parameters are those of `Cleaner.from_config`."""

    def __init__(
        self, config: Config = None, *, steps: list[str] | None = None, profile: str | None = None
    ) -> None:
        self.config = config
        self.steps = steps
        self.profile = profile

    def fit(self, texts: Iterable[str], y: Any = None) -> Self:
        """Judge the configuration; nothing is learnt."""
        del texts, y
        self._cleaner()
        return self

    def transform(self, texts: Iterable[str]) -> list[str]:
        """Return the texts, cleaned, in their order."""
        return list(self._cleaner().stream(texts))

    def _cleaner(self) -> Cleaner:
        return Cleaner.from_config(self.config, steps=self.steps, profile=self.profile)

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn that `fit` need not be called."""
        return True

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that what comes in is texts."""
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
