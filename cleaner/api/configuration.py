"""The configuration of a program: a `clean.yaml`, or the same as a value, and what is given beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal

from cleaner.errors import UsageError
from cleaner.formats.format import Fields
from cleaner.settings import RuleSources, Settings
from cleaner.steps import Profile, select

Config = str | PathLike[str] | Mapping[str, Any] | None
"""The path of a `clean.yaml`, its content as a mapping, or nothing."""


ALONE = Settings(rules=RuleSources(isolated=True))
"""The settings of a program that gives none: the built-in rules, and nothing of the user or the working folder."""


def settings_of(
    config: Config = None,
    *,
    steps: Sequence[str] | None = None,
    profile: Profile | None = None,
    metadata: Literal["keep", "drop"] | None = None,
    rules: Sequence[str | PathLike[str] | Mapping[str, Any]] = (),
    select_rules: Sequence[str] = (),
    ignore_rules: Sequence[str] = (),
    unsafe: bool = False,
    text_field: str = "text",
    id_field: str = "id",
) -> Settings:
    """Return the settings for a configuration; what is given beside it wins.

    `rules` are more packs: folders or files of them, or packs as mappings with the keys of a rule file; `select_rules`
    and `ignore_rules` are globs of rule ids, as `--select` and `--ignore`. No
    `clean.yaml` of the working folder and no packs of the user are read unless `config` is the path of one, so that
    a program does the same everywhere. All rules are loaded and judged here: RuleError, a UsageError, lists every
    fault of every file.

    >>> settings_of({"profile": "page", "ignore": ["translation/*"]}, steps=["encoding", "boilerplate"]).profile
    'page'
    """
    text = json.dumps(config) if isinstance(config, Mapping) else None
    path = None if config is None or text is not None else fspath(config)  # type: ignore[arg-type]
    given = _given(text, path)
    if steps is not None:
        given["steps"] = select(",".join(steps))
    if profile is not None:
        given["profile"] = profile
    configured = given.pop("metadata", "keep")
    sources = RuleSources(
        config=path,
        text=text,
        folders=tuple(fspath(pack) for pack in rules if not isinstance(pack, Mapping)),
        packs=tuple(_as_text(pack) for pack in rules if isinstance(pack, Mapping)),
        select=tuple(select_rules),
        ignore=tuple(ignore_rules),
        unsafe=unsafe,
        metadata=metadata or configured,
        isolated=path is None,
    )
    return judged(Settings(rules=sources, fields=Fields(text_field, id_field), **given))


def _given(text: str | None, path: str | None) -> dict[str, Any]:
    """Return what a configuration says of a run; what reads it is not loaded where there is none."""
    if not text and not path:
        return {}
    from cleaner.rules.files.config import GIVEN
    from cleaner.run.config import read_run_config, run_config_of

    return run_config_of(GIVEN, text.encode()) if text else read_run_config(Path(str(path)))


def judged(settings: Settings) -> Settings:
    """Return settings of which everything is known to be right; raise UsageError for what is wrong with them."""
    from cleaner.pipeline import rule_book
    from cleaner.run.stages import surveys_of

    rule_book.cache_clear()  # a file may have changed since it was read
    rule_book(settings.rules)
    for survey in surveys_of(settings).values():
        survey.check()
    return settings


def with_options(
    settings: Settings, rule: str, options: Mapping[str, float | str | tuple[str, ...] | None]
) -> Settings:
    """Return settings in which some options of a rule in code are others; None leaves one as it is.

    >>> with_options(Settings(), "dedup/near", {"threshold": 0.8, "unit": None}).rules.options
    (('dedup/near', 'threshold', 0.8),)
    """
    chosen = tuple((rule, name, value) for name, value in options.items() if value is not None)
    return replace(settings, rules=replace(settings.rules, options=(*settings.rules.options, *chosen)))


def _as_text(pack: Mapping[str, Any]) -> str:
    try:
        return json.dumps({"schema": 1, **pack}, indent=1)
    except TypeError as error:
        message = f"rules: a pack that is given as a mapping holds what YAML cannot say: {error}"
        raise UsageError(message) from None
