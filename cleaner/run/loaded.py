"""What each worker would load again: imported by the server that workers are forked from.

Modules, the kernels that are compiled already, and what a first document makes of the rules that are built in.
Nothing here decides anything: what is missing, a worker loads when it needs it.
"""

from __future__ import annotations

import gc
import signal
from contextlib import suppress


def load() -> None:
    """Load compiled code, and clean a short text by the rules that are built in."""
    import cleaner.run.publishing.publish  # noqa: F401
    from cleaner.dedup.sketching import tabulating
    from cleaner.fitted import trees
    from cleaner.language import ngrams
    from cleaner.model import Document
    from cleaner.run.stages import cleaner_for, surveys_of
    from cleaner.settings import Settings
    from cleaner.steps.boilerplate import line_hashes
    from cleaner.steps.boilerplate.features import line_features
    from cleaner.steps.boilerplate.scorer import models

    settings = Settings()
    surveys_of(settings)
    cleaner_for(settings).clean(Document("", "Two boats left at dawn; the third stayed in the harbour.\n"))
    tabulating.load_compiled()
    ngrams.load_compiled()
    line_features.load_compiled()
    line_hashes.load_compiled()
    trees.load_compiled(models()["edge"])


before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process
with suppress(Exception):  # whoever needs it is told
    load()
signal.signal(signal.SIGINT, before)
gc.collect()
gc.freeze()
