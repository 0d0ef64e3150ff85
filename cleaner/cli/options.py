"""Options that several commands share, and the one value that they become."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import reduce, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cleaner.cli import DEFAULT_CONFIG
from cleaner.cli.completion.offers import complete_rules, complete_steps
from cleaner.dedup.parameters import MODES, Mode
from cleaner.rules.faults import did_you_mean
from cleaner.steps import STEPS
from cleaner.storage.places import Place, place

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cleaner.settings import Settings

PATH = click.Path(path_type=Path)
Command = Callable[..., Any]


if TYPE_CHECKING:
    _Names = click.ParamType[str]
    _Places = click.ParamType[Place]
    _Choice = click.Choice[str]
else:
    _Names = _Places = click.ParamType
    _Choice = click.Choice


class PlaceType(_Places):
    """A path of this machine, or an address that fsspec opens (`s3://bucket/folder`)."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return the place that an argument names; nothing is opened yet."""
        return place(value) if isinstance(value, str) else value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Let the shell offer files and folders."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


PLACE = PlaceType()


class OneOf(_Choice):
    """One of a few words; another one is told which may be meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a word that is one of the few."""
        words = list(map(str, self.choices))
        if value not in words:
            self.fail(
                f"{value!r} is not one of {', '.join(words)}{did_you_mean(str(value), words)}", param, ctx
            )
        return str(value)


class Registered(_Names):
    """A name in a registry, which is imported only when a name has to be judged or listed."""

    def __init__(self, name: str, module: str, registry: str) -> None:
        self.name = name
        self._place = module, registry

    def names(self) -> list[str]:
        """Return the registered names, in their order."""
        module, registry = self._place
        return list(getattr(import_module(module), registry))

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return the names as help shows them."""
        return f"[{'|'.join(self.names())}]"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the registered names."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a name that is registered; the error for another one lists those that are."""
        names = self.names()
        if value not in names:
            self.fail(
                f"there is no {self.name} {value!r}: {', '.join(names)}{did_you_mean(value, names)}",
                param,
                ctx,
            )
        return str(value)


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """What is cleaned and how, as given on the command line."""

    steps: str | None
    config: Path | None
    rule_folders: tuple[Path, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    unsafe: bool
    isolated: bool
    profile: str | None
    metadata: Literal["keep", "drop"] | None
    text_field: str
    id_field: str
    format_name: str | None
    against: tuple[Place, ...]
    mode: Mode | None
    against_fields: tuple[str, ...]
    no_raw: bool
    jobs: int | None
    no_color: bool

    def settings(self) -> Settings:
        """Return the configuration of the run; UsageError when a name in it is not known."""
        from cleaner.formats.format import Fields
        from cleaner.settings import RuleSources, Settings
        from cleaner.steps import select

        config = (
            None if self.isolated else self.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
        )
        given: dict[str, Any] = {}
        if config is not None:
            from cleaner.run.config import read_run_config

            given = read_run_config(config)
        if self.steps is not None:
            given["steps"] = select(self.steps)
        if self.profile is not None:
            given["profile"] = self.profile
        configured: Literal["keep", "drop"] = given.pop("metadata", "keep")
        metadata = self.metadata or configured
        if self.no_raw:
            given["keep_raw"] = False
        rules = RuleSources(
            config=str(config) if config else None,
            folders=tuple(str(folder) for folder in self.rule_folders),
            select=self.select,
            ignore=self.ignore,
            unsafe=self.unsafe,
            metadata=metadata,
            isolated=self.isolated,
            options=tuple(self._evaluation()),
        )
        return Settings(
            rules=rules,
            fields=Fields(self.text_field, self.id_field),
            against=tuple(map(str, self.against)),
            **given,
        )

    def _evaluation(self) -> Iterator[tuple[str, str, str | tuple[str, ...]]]:
        """Yield what is said of evaluation sets."""
        if self.mode is not None:
            yield "dedup/evaluation", "mode", self.mode
        if self.against_fields:
            yield "dedup/evaluation", "fields", self.against_fields


_OPTIONS = (
    click.option(
        "--steps",
        metavar="A,B",
        shell_complete=complete_steps,
        help=f"Run only these of {', '.join(step.name for step in STEPS)}.",
    ),
    click.option(
        "--config", type=PATH, metavar="FILE", help="Configuration [default: clean.yaml here, if any]."
    ),
    click.option(
        "--rules",
        "rule_folders",
        multiple=True,
        type=PATH,
        metavar="DIR",
        help="More packs of rules; repeatable.",
    ),
    click.option(
        "--select",
        multiple=True,
        metavar="GLOB",
        shell_complete=complete_rules,
        help="Use only rules whose id matches; repeatable.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="GLOB",
        shell_complete=complete_rules,
        help="Do not use rules whose id matches; repeatable.",
    ),
    click.option("--unsafe", is_flag=True, help="Apply rules that are marked unsafe, too."),
    click.option("--isolated", is_flag=True, help="Use the built-in rules alone and no configuration file."),
    click.option(
        "--profile",
        type=OneOf(["article", "page"]),
        help="Extracted articles, or whole pages with their navigation [default: article].",
    ),
    click.option(
        "--metadata",
        type=OneOf(["keep", "drop"]),
        help="Bylines, datelines and captions that describe something [default: keep].",
    ),
    click.option(
        "--text-field",
        default="text",
        show_default=True,
        metavar="NAME",
        help="Field that holds a record's text.",
    ),
    click.option(
        "--id-field", default="id", show_default=True, metavar="NAME", help="Field that holds a record's id."
    ),
    click.option(
        "--format",
        "format_name",
        type=Registered("format", "cleaner.formats.registry", "CHOICES"),
        help="Format of all inputs, apart from compression [default: by extension].",
    ),
    click.option(
        "--no-raw",
        is_flag=True,
        help="Do not keep inputs that are not text (HTML, Parquet): they cannot be restored then.",
    ),
    click.option(
        "--against",
        multiple=True,
        type=PLACE,
        metavar="DIR",
        help="Output of an earlier run: its passages count as seen. With --mode: an evaluation set. Repeatable.",
    ),
    click.option(
        "--mode",
        type=OneOf(MODES),
        help="What goes: what is similar to an output, or contained in, or overlaps, a set [default: similar].",
    ),
    click.option(
        "--against-field",
        "against_fields",
        multiple=True,
        metavar="NAME",
        help="Field of an evaluation set that holds its texts; repeatable [default: text].",
    ),
    click.option(
        "--jobs", "-j", type=click.IntRange(min=1), help="Worker processes [default: one for each core]."
    ),
    click.option("--no-color", is_flag=True, help="No colours; NO_COLOR in the environment does the same."),
)


def in_colour(*, no_color: bool) -> bool:
    """Tell whether standard output is shown in colours: on a terminal, unless somebody asks for none."""
    return sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR")


def corpus_options(command: Command) -> Command:
    """Add the shared options; the command gets them as one `CorpusOptions` in `options`."""
    return collected(command, CorpusOptions, "options", _OPTIONS)


def collected(command: Command, kind: type[Any], name: str, options: Sequence[Command]) -> Command:
    """Add options to a command that gets their values as one value of the dataclass `kind`, named `name`."""

    @wraps(command)
    def collect(*args: Any, **values: Any) -> Any:
        one = kind(**{field.name: values.pop(field.name) for field in fields(kind)})
        return command(*args, **{name: one}, **values)

    return reduce(lambda wrapped, option: option(wrapped), reversed(options), collect)
