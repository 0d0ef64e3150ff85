"""Cost of matching: 200 and 2,000 line rules in eight languages over prose, against a brute-force loop.

    python -m tests.bench.bench_rules [MEGABYTES]

The loop runs every rule as a `regex` over every line, on a part of the same text; hits must be equal.
"""

from __future__ import annotations

import random
import re
import sys
import time
from dataclasses import dataclass, replace

import regex

from cleaner.lines import line_spans
from cleaner.rules.rule import Examples, Matcher, MatcherKind, Origin, Rule
from cleaner.rules.ruleset import RuleSet
from tests.bench.results import keep, record

PHRASES = {
    "en": (
        "Read also|See also|Advertisement|Subscribe to our newsletter|Share on Facebook|Follow us "
        "on|Related articles|Sign up for free|Photo by|All rights reserved|Leave a comment|Most "
        "read today"
    ),
    "de": (
        "Lesen Sie auch|Siehe auch|Anzeige|Newsletter abonnieren|Auf Facebook teilen|Folgen Sie "
        "uns|Ähnliche Artikel|Jetzt kostenlos anmelden|Foto von|Alle Rechte vorbehalten|Kommentar "
        "schreiben|Meistgelesen"
    ),
    "fr": (
        "Lisez aussi|À lire aussi|Publicité|Abonnez-vous à la lettre|Partager sur Facebook|"
        "Suivez-nous sur|Articles liés|Inscrivez-vous gratuitement|Photo de|Tous droits réservés|"
        "Laisser un commentaire|Les plus lus"
    ),
    "es": (
        "Lea también|Véase también|Publicidad|Suscríbase al boletín|Compartir en Facebook|Síganos "
        "en|Artículos relacionados|Regístrese gratis|Foto de|Todos los derechos reservados|Deje un "
        "comentario|Lo más leído"
    ),
    "nl": (
        "Lees ook|Zie ook|Advertentie|Meld u aan voor de nieuwsbrief|Deel op Facebook|Volg ons op|"
        "Verwante artikelen|Schrijf u gratis in|Foto van|Alle rechten voorbehouden|Plaats een "
        "reactie|Meest gelezen"
    ),
    "uk": (
        "Читайте також|Дивіться також|Реклама|Підпишіться на розсилку|Поділитися у Фейсбуці|Стежте "
        "за нами|Схожі статті|Зареєструйтеся безкоштовно|Фото автора|Усі права захищено|Залишити "
        "коментар|Найчитаніше"
    ),
    "ru": (
        "Читайте также|Смотрите также|Реклама на сайте|Подпишитесь на рассылку|Поделиться в сети|"
        "Следите за нами|Похожие статьи|Зарегистрируйтесь бесплатно|Автор фото|Все права защищены|"
        "Оставить комментарий|Самое читаемое"
    ),
    "tr": (
        "Bunları da okuyun|Ayrıca bakınız|Reklamlar|Bültenimize abone olun|Sosyal ağda paylaş|Bizi "
        "izleyin|İlgili yazılar|Ücretsiz kaydolun|Fotoğraf çeken|Tüm hakları saklıdır|Yorum yazın|"
        "Çok okunanlar"
    ),
}
WORDS = {
    "en": (
        "the river ran past a mill where two old brothers kept bees and sold honey to anyone who "
        "walked along their narrow road in summer while winter brought snow share read photo "
        "follow all"
    ),
    "de": (
        "der Fluss floss an einer Mühle vorbei wo zwei alte Brüder Bienen hielten und den Honig an "
        "alle verkauften die im Sommer über ihre schmale Straße gingen während Schnee fiel lesen "
        "Foto Anzeige"
    ),
    "fr": (
        "la rivière passait près du moulin où deux vieux frères gardaient des abeilles et "
        "vendaient leur miel à ceux qui suivaient le chemin étroit pendant l'été puis venait la "
        "neige photo lire aussi"
    ),
    "es": (
        "el río pasaba junto al molino donde dos viejos hermanos cuidaban abejas y vendían miel a "
        "quien seguía el camino estrecho durante el verano luego caía la nieve también foto más "
        "leído"
    ),
    "nl": (
        "de rivier liep langs een molen waar twee oude broers bijen hielden en honing verkochten "
        "aan wie in de zomer over hun smalle weg liep terwijl de winter sneeuw bracht lees deel "
        "foto"
    ),
    "uk": (
        "річка текла повз млин де двоє старих братів тримали бджіл і продавали мед кожному хто "
        "йшов вузькою дорогою влітку а взимку падав сніг читайте фото також усі"
    ),
    "ru": (
        "река текла мимо мельницы где два старых брата держали пчёл и продавали мёд всякому кто "
        "шёл узкой дорогой летом а зимой падал снег читайте фото также все"
    ),
    "tr": (
        "ırmak iki yaşlı kardeşin arı beslediği değirmenin yanından akıyordu yazın dar yoldan "
        "geçen herkese bal satıyorlardı kışın ise kar yağıyordu okuyun ayrıca fotoğraf"
    ),
}
KINDS: tuple[MatcherKind, ...] = ("prefix", "literal", "regex", "contains")


@dataclass(frozen=True)
class Figures:
    """Megabytes in a second at first and once the automaton has grown, and how many hits."""

    first: float
    rate: float
    hits: int


def make_rules(count: int) -> list[Rule]:
    """Make line rules: phrases as prefix, whole line, regex or anywhere; later ones with a topic word."""
    phrases = [(code, phrase) for code, text in PHRASES.items() for phrase in text.split("|")]
    rules = []
    for i in range(count):
        code, phrase = phrases[i % len(phrases)]
        turn = i // len(phrases)
        words = WORDS[code].split()
        if turn > 1:
            topic = words[turn % len(words)] if turn < len(words) else f"{words[turn % 7]} {words[turn % 11]}"
            phrase = f"{phrase} {topic}"
        kind = KINDS[turn % 2 if turn < 2 else i % 4]
        value = phrase + (":" if kind == "prefix" else "")
        if kind == "regex":
            value = rf"^\W*{re.escape(phrase)}\b.{{0,60}}\d+\s*$"
        origin = Origin("bench.yaml", i + 1, "project")
        match = Matcher(kind, (value,))
        name = f"bench/r{i}"
        rules.append(Rule(name, "bench", "boilerplate", phrase, "line", match, "drop", origin, Examples()))
    return rules


def make_documents(megabytes: float, seed: int = 1) -> list[str]:
    """Make prose in eight languages; one line in forty is a line that a rule may know."""
    rng = random.Random(seed)
    words = {code: text.split() for code, text in WORDS.items()}
    documents, size = [], 0
    while size < megabytes * 1e6:
        code = rng.choice(list(words))
        lines = []
        for _ in range(rng.randint(8, 40)):
            if rng.random() < 1 / 40:
                phrase = rng.choice(PHRASES[code].split("|"))
                title = " ".join(rng.sample(words[code], 4))
                line = rng.choice([phrase, f"{phrase}: {title}", f"{phrase} {rng.randint(1, 99)}"])
                lines.append(line.upper() if rng.random() < 0.2 else line)
                continue
            sentences = [rng.choices(words[code], k=rng.randint(7, 24)) for _ in range(rng.randint(1, 5))]
            lines.append(" ".join(f"{' '.join(sentence).capitalize()}." for sentence in sentences))
        documents.append("\n".join(lines))
        size += len(documents[-1].encode())
    return documents


def brute_pattern(rule: Rule) -> regex.Pattern[str]:
    """Write a rule as one `regex`, as its definition reads."""
    text = rule.match.values[0]
    if rule.match.kind != "regex":
        text = regex.escape(text, special_only=True)
    text = regex.sub(r"\\? ", lambda _: r"\s+", text)
    around = {"prefix": (r"^\s*\K", ""), "literal": (r"^\s*\K", r"(?=\s*$)")}.get(rule.match.kind, ("", ""))
    return regex.compile(f"{around[0]}(?:{text}){around[1]}", regex.IGNORECASE)


def brute_hits(rules: list[Rule], documents: list[str]) -> list[tuple[int, str, int, int, int]]:
    """Run every rule over every line."""
    patterns = [(rule.id, brute_pattern(rule)) for rule in rules]
    found = []
    for number, text in enumerate(documents):
        for i, (start, end) in enumerate(line_spans(text)):
            line = text[start:end]
            for rule_id, pattern in patterns:
                match = pattern.search(line)
                if match:
                    found.append((number, rule_id, i, start + match.start(), start + match.end()))
    return sorted(found)


def our_hits(rules: RuleSet, documents: list[str]) -> list[tuple[int, str, int, int, int]]:
    """Run the production engine."""
    return sorted(
        (number, hit.rule.id, hit.line, hit.start, hit.end)
        for number, text in enumerate(documents)
        for hit in rules.hits(text, line_spans(text))
    )


def rate(rules: RuleSet, documents: list[str]) -> Figures:
    """Measure the production engine, twice: what it compiles at first use is in the first figure."""
    rules.hits("", [])
    size = sum(len(text.encode()) for text in documents) / 1e6
    rates, hits = [], 0
    for _ in range(2):
        started = time.process_time()
        hits = sum(len(rules.hits(text, line_spans(text))) for text in documents)
        rates.append(size / (time.process_time() - started))
    return Figures(rates[0], rates[1], hits)


def main() -> None:
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    documents = make_documents(megabytes)
    few, many = make_rules(200), make_rules(2000)
    sample = documents[: max(1, int(len(documents) * 0.3 / megabytes))]
    started = time.process_time()
    expected = brute_hits(few, sample)
    seconds = time.process_time() - started
    brute = sum(len(text.encode()) for text in sample) / seconds / 1e6
    print(f"brute force, 200 rules: {brute:.2f} MB/s, {len(expected)} hits in the sample")
    print(f"hits identical: {our_hits(RuleSet(few), sample) == expected}")
    for name, rules in (
        ("200 rules", few),
        ("2,000 rules", many),
        ("200 rules, every occurrence", [replace(rule, action="flag") for rule in few]),
    ):
        found = rate(RuleSet(rules), documents)
        record("rules", f"{name}, at first", found.first)
        record("rules", f"{name}, then", found.rate)
        record("rules", f"{name}, then, beside a loop of regex", found.rate / brute, "times")
    keep("rules")


if __name__ == "__main__":
    main()
