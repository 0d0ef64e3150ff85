"""Load rules: all layers, the changes of `clean.yaml`, and what is switched on.

All faults of all files are raised at once as one `RuleError`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cleaner.rules.book import RuleBook, named, names_no_rule
from cleaner.rules.faults import Fault, RuleError
from cleaner.rules.files import cache
from cleaner.rules.files.folders import CarriedFile, Folder, bytes_of, layers, read_capped, rule_files, shown
from cleaner.rules.files.pack import Pack
from cleaner.rules.rule import Layer, Rule, StepNames

if TYPE_CHECKING:
    from cleaner.rules.files.config import RuleConfig


class Sources(Protocol):
    """Where rules come from and which are active; `cleaner.settings.RuleSources` is one."""

    @property
    def config(self) -> str | None:
        """Path of the `clean.yaml` in use."""

    @property
    def text(self) -> str | None:
        """Content of a configuration that is given as a value; used where there is no path."""

    @property
    def folders(self) -> tuple[str, ...]:
        """Folders of the command line, later ones win."""

    @property
    def packs(self) -> tuple[str, ...]:
        """Contents of rule files that are given as values; they win over folders."""

    @property
    def carried(self) -> tuple[CarriedFile, ...]:
        """Rule files of other machines, which win over the folders of this one."""

    @property
    def text_name(self) -> str:
        """What the file of `text` is called in messages, if it is one of another machine."""

    @property
    def select(self) -> tuple[str, ...]:
        """Globs of ids: only these rules are active."""

    @property
    def ignore(self) -> tuple[str, ...]:
        """Globs of ids: these are not."""

    @property
    def unsafe(self) -> bool:
        """Tell whether unsafe rules are active."""

    @property
    def metadata(self) -> str:
        """Tell whether rules of the class `metadata` are active: `keep` or `drop`."""

    @property
    def isolated(self) -> bool:
        """Tell whether user and project are left out."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """The sources of a run without configuration: what is built in, and the user's own."""

    config: str | None = None
    text: str | None = None
    folders: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    carried: tuple[CarriedFile, ...] = ()
    text_name: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    metadata: str = "keep"
    isolated: bool = False


def load_rules(sources: Sources, steps: StepNames) -> RuleBook:
    """Load the rules of a configuration: built-in, user, project, command line; later wins.

    `steps` are those that the rules may name; the rules that these declare in code are built-in ones.
    Raises RuleError with every fault of every file. Files that were judged before come from the
    cache and cost a few milliseconds.
    """
    path = Path(sources.config) if sources.config and not sources.isolated else None
    config, faults = _config(path, sources.text, sources.text_name)
    folders = layers(path, sources.folders, isolated=sources.isolated)
    packs, more = read_packs(folders, steps)
    declared, undeclared = _in_code(steps)
    carried, miscarried = _carried(sources.carried, steps)
    number = max([len(folders), *(file.number + 1 for file in sources.carried)])
    given, misgiven = _as_values(sources.packs, number, steps)
    packs = [*declared, *packs, *carried, *given]
    more = [*undeclared, *more, *miscarried, *misgiven]
    rules, still_more = merge(packs, config)
    faults = [*faults, *more, *still_more]
    if config is not None:
        faults += config.names_nothing(rules)
    if not more:
        faults += _globs("--select", sources.select, rules) + _globs("--ignore", sources.ignore, rules)
    if faults:
        raise RuleError(faults)
    select = [*(sources.select or (config.select if config else ()))]
    ignore = [*sources.ignore, *(config.ignore if config else ())]
    off = switched_off(rules, select, ignore, unsafe=sources.unsafe, metadata=sources.metadata)
    return RuleBook(tuple(rules), off, config.exemptions if config else ())


def _in_code(steps: StepNames) -> tuple[list[tuple[int, Pack]], list[Fault]]:
    """Judge the rules that steps declare in code as if each step had a rule file; its number is -1."""
    packs: list[tuple[int, Pack]] = []
    faults: list[Fault] = []
    for step, rules in steps.in_code.items():
        content = json.dumps(
            {"schema": 1, "pack": step, "step": step, "rules": list(rules)}, indent=1
        ).encode()
        pack, found = _judged(f"RULES of the step {step}", "built-in", content, steps)
        faults += found
        if pack is not None:
            packs.append((-1, pack))
    return packs, faults


def _as_values(
    contents: Sequence[str], number: int, steps: StepNames
) -> tuple[list[tuple[int, Pack]], list[Fault]]:
    """Judge rule files that are given as values, as one folder after the last one, which has this number."""
    packs: list[tuple[int, Pack]] = []
    faults: list[Fault] = []
    for i, content in enumerate(contents):
        pack, found = _judged(f"packs[{i}]", "command line", content.encode(), steps)
        faults += found
        if pack is not None:
            packs.append((number, pack))
    return packs, faults


def _carried(files: Sequence[CarriedFile], steps: StepNames) -> tuple[list[tuple[int, Pack]], list[Fault]]:
    """Judge rule files of another machine as those of their folders are."""
    packs: list[tuple[int, Pack]] = []
    faults: list[Fault] = []
    for carried in files:
        pack, found = _judged(carried.file, carried.layer, bytes_of(carried.content), steps)
        faults += found
        if pack is not None:
            packs.append((carried.number, pack))
    return packs, faults


def validate(paths: Sequence[str], steps: StepNames) -> list[Fault]:
    """Return the faults of the packs at the paths alone, each a file or a folder, without other layers."""
    packs, faults = read_packs([Folder(Path(path), "command line") for path in paths], steps)
    return list(RuleError([*faults, *_duplicates(packs)]).faults)


def read_packs(folders: Iterable[Folder], steps: StepNames) -> tuple[list[tuple[int, Pack]], list[Fault]]:
    """Read all rule files; each pack comes with the number of its folder, as later folders win."""
    packs: list[tuple[int, Pack]] = []
    faults: list[Fault] = []
    for number, folder in enumerate(folders):
        files, strays = rule_files(folder.path)
        faults += strays
        for path in files:
            pack, found = _read(path, folder, steps)
            faults += found
            if pack is not None:
                packs.append((number, pack))
    return packs, faults


def _read(path: Path, folder: Folder, steps: StepNames) -> tuple[Pack | None, list[Fault]]:
    file, layer = shown(path), folder.layer
    try:
        content = read_capped(path)
    except OSError as error:
        return None, [Fault(file, 1, 1, "unreadable", f"cannot be read: {error.strerror}")]
    return _judged(file, layer, content, steps, sound=lambda: folder.was_judged(content))


def _judged(
    file: str, layer: Layer, content: bytes, steps: StepNames, *, sound: Callable[[], bool] = bool
) -> tuple[Pack | None, list[Fault]]:
    """Judge a rule file, or take what was found of the same content before."""
    kept = cache.cache_folder()
    pack = cache.read(kept, file, layer, content, steps)
    if pack is not None:
        return pack, []
    from cleaner.rules.files.judge import judge  # YAML and pydantic: only for files that are new

    pack, faults = judge(file, layer, content, steps, sound=sound())
    if pack is not None:
        cache.write(kept, pack, content, steps)
    return pack, faults


def merge(
    packs: Sequence[tuple[int, Pack]], config: RuleConfig | None = None
) -> tuple[list[Rule], list[Fault]]:
    """Let rules of later folders replace earlier ones of the same id, changed as configured."""
    faults = _duplicates(packs)
    rules: dict[str, Rule] = {}
    for _, pack in packs:
        for i, data in enumerate(pack.rules):
            rule_id = f"{pack.name}/{data['id']}"
            earlier = rules.get(rule_id)
            rule = pack.rule(i)
            if not rule.is_pattern and earlier is None and pack.layer != "built-in":
                faults.append(_reads_nothing(rule))
            if earlier is not None:
                rule = replace(rule, overrides=(*earlier.overrides, earlier.origin))
            rules[rule_id] = rule
    if config is None or not config.changes:
        return list(rules.values()), faults
    data_of = {
        f"{pack.name}/{data['id']}": (pack, i) for _, pack in packs for i, data in enumerate(pack.rules)
    }
    for rule in list(rules.values()):
        changed, found = config.changed(rule, *data_of[rule.id])
        faults += found
        rules[rule.id] = changed
    return list(rules.values()), faults


def _reads_nothing(rule: Rule) -> Fault:
    message = f"no step reads {rule.id}: a rule with a detector can only replace a built-in one of its id"
    return Fault(rule.origin.file, rule.origin.line, 1, "no-such-detector", message)


def _duplicates(packs: Sequence[tuple[int, Pack]]) -> list[Fault]:
    """Find ids that two files of one folder share."""
    faults: list[Fault] = []
    first: dict[tuple[int, str], str] = {}
    for number, pack in packs:
        for i, data in enumerate(pack.rules):
            key = (number, f"{pack.name}/{data['id']}")
            origin = pack.origin(i)
            if key in first:
                message = f"the id {key[1]!r} is taken by the rule at {first[key]}"
                faults.append(Fault(origin.file, origin.line, 1, "duplicate-id", message))
            first.setdefault(key, str(origin))
    return faults


def switched_off(
    rules: Sequence[Rule],
    select: Sequence[str],
    ignore: Sequence[str],
    *,
    unsafe: bool,
    metadata: str = "keep",
) -> dict[str, str]:
    """Return the ids of inactive rules and why: not selected, ignored, unsafe, or kept as metadata.

    `select` restricts to what it names; `ignore` wins over it.
    """
    chosen = {rule.id for glob in select for rule in named(rules, glob)}
    ignored = {rule.id for glob in ignore for rule in named(rules, glob)}
    off = {}
    for rule in rules:
        if rule.id in ignored:
            off[rule.id] = "ignored"
        elif select and rule.id not in chosen:
            off[rule.id] = "not selected"
        elif rule.safety == "unsafe" and not unsafe:
            off[rule.id] = "unsafe"
        elif rule.kind == "metadata" and metadata == "keep":
            off[rule.id] = "metadata"
    return off


def _globs(option: str, globs: Sequence[str], rules: Sequence[Rule]) -> list[Fault]:
    return [
        Fault(option, 1, 1, "names-nothing", names_no_rule(glob, rules))
        for glob in globs
        if not named(rules, glob)
    ]


def _config(path: Path | None, text: str | None, name: str) -> tuple[RuleConfig | None, list[Fault]]:
    if path is None and text is None:
        return None, []
    from cleaner.rules.files import config

    return config.read_config(path) if path else config.config_of(name or config.GIVEN, bytes_of(text or ""))
