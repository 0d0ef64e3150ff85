"""A small web site as plain text: 60 pages of four templates in three languages around articles of our own.

Furniture is near-constant: dates, names and counters vary. Articles have traps: subheadings that
recur, lines that begin like furniture, short turns of dialogue.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

SENTENCES = {
    "en": """The ferry left the harbour an hour late because the pilot had overslept.
Nobody on the pier complained, as the morning was warm and the bakery had opened early.
Two fishermen mended a net that was older than both of them together.
The council had promised a new lighthouse lamp for the third year in a row.
A letter in green ink explained why the money had gone to the school roof instead.
Children counted the steps of the tower and never reached the same number twice.
In winter the road to the chapel is closed, and the goats have it to themselves.
The engineer measured the wall with a piece of string and wrote the result on his sleeve.
Her grandmother had planted the walnut tree on the day the bridge was opened.
What looked like smoke above the hill turned out to be a cloud of starlings.
The museum keeps forty clocks, and not two of them agree.
He sold the mill, kept the wheel, and spent the rest of his life explaining why.
After the flood the archive was dried page by page on the lawn behind the town hall.
A retired teacher drew the map by hand, with every well and every bad-tempered dog.""",
    "de": """Die Fähre verließ den Hafen eine Stunde zu spät, weil der Lotse verschlafen hatte.
Am Kai beschwerte sich niemand, denn der Morgen war warm und die Bäckerei schon offen.
Zwei Fischer flickten ein Netz, das älter war als beide zusammen.
Der Rat hatte zum dritten Mal eine neue Lampe für den Leuchtturm versprochen.
Ein Brief in grüner Tinte erklärte, warum das Geld in das Dach der Schule geflossen war.
Die Kinder zählten die Stufen des Turms und kamen nie zweimal auf dieselbe Zahl.
Im Winter ist der Weg zur Kapelle gesperrt, und die Ziegen haben ihn für sich.
Der Ingenieur maß die Mauer mit einer Schnur und schrieb das Ergebnis auf den Ärmel.
Ihre Großmutter hatte den Nussbaum an dem Tag gepflanzt, als die Brücke eröffnet wurde.
Was über dem Hügel wie Rauch aussah, war ein Schwarm von Staren.
Das Museum besitzt vierzig Uhren, und keine zwei gehen gleich.
Er verkaufte die Mühle, behielt das Rad und erklärte sein Leben lang, warum.""",
    "fr": """Le bac quitta le port avec une heure de retard, car le pilote ne s'était pas réveillé.
Sur le quai personne ne se plaignait, la matinée était douce et la boulangerie ouverte.
Deux pêcheurs réparaient un filet plus vieux qu'eux deux réunis.
Le conseil avait promis pour la troisième fois une nouvelle lampe au phare.
Une lettre à l'encre verte expliquait que l'argent avait servi au toit de l'école.
Les enfants comptaient les marches de la tour sans jamais trouver le même nombre.
En hiver le chemin de la chapelle est fermé, et les chèvres l'ont pour elles seules.
L'ingénieur mesura le mur avec une ficelle et nota le résultat sur sa manche.
Sa grand-mère avait planté le noyer le jour où le pont fut ouvert.
Ce qui ressemblait à de la fumée était une nuée d'étourneaux.
Le musée conserve quarante horloges, et il n'y en a pas deux qui soient d'accord.
Il vendit le moulin, garda la roue et passa sa vie à expliquer pourquoi.""",
}
TRAPS = {
    "en": [
        "What comes next",
        "By the old mill",
        "Share of the catch",
        "Comments from the pier",
        "“Nobody knows,” she said.",
    ],
    "de": [
        "Wie es weitergeht",
        "Von der alten Mühle",
        "Anzeigen gab es keine",
        "Mehr zum Thema Netze wusste keiner",
        "„Niemand weiß es“, sagte sie.",
    ],
    "fr": [
        "Ce qui vient ensuite",
        "Par le vieux moulin",
        "Partager la prise",
        "Lire aussi les étoiles",
        "« Personne ne sait », dit-elle.",
    ],
}
NAMES = [
    "Ada Holm",
    "Bruno Klee",
    "Carla Voss",
    "Dario Penn",
    "Elise Marchand",
    "Fritz Anker",
    "Gwen Tarr",
    "Hugo Blanc",
]
TITLES = {
    "en": [
        "Goats on the chapel road",
        "Forty clocks",
        "The green letter",
        "A lamp for the tower",
        "Nets and knots",
    ],
    "de": [
        "Ziegen auf dem Weg",
        "Vierzig Uhren",
        "Der grüne Brief",
        "Eine Lampe für den Turm",
        "Netze und Knoten",
    ],
    "fr": [
        "Des chèvres sur le chemin",
        "Quarante horloges",
        "La lettre verte",
        "Une lampe pour la tour",
        "Filets et nœuds",
    ],
}
MONTHS = {
    "en": ["March", "April", "June", "October"],
    "de": ["März", "April", "Juni", "Oktober"],
    "fr": ["mars", "avril", "juin", "octobre"],
}
TEMPLATES = {
    "harbour.example": (
        "en",
        """Skip to the article
Home | Island | Weather | Boats
By {name} | {day} {month} 2031
{count} min read
Photo: {name}
@
Read also: {title}
{count} comments
Share this story
Sign up for the harbour letter
© 2031 The Harbour Post. All rights reserved.""",
    ),
    "valley.example": (
        "en",
        """Menu
You are here: Home > Valley > {title}
Published on {month} {day}, 2031 at {count}:30
Listen to this article ({count} min)
@
Related: {title}
Advertisement
Filed under: {title}
{count} people like this
Follow us on the usual networks
Report a mistake in this text
Terms of use and privacy""",
    ),
    "hafenbote.example": (
        "de",
        """Zum Inhalt springen
Startseite Insel Wetter Boote
Von {name}, {day}. {month} 2031
Lesezeit: {count} Minuten
Anzeige
@
Lesen Sie auch: {title}
{count} Kommentare
Artikel teilen
Newsletter bestellen
Impressum und Datenschutz
© Der Hafenbote 2031""",
    ),
    "levallon.example": (
        "fr",
        """Aller au contenu
Accueil / Vallon / {title}
Par {name}, le {day} {month} 2031 à {count}h12
Temps de lecture : {count} minutes
@
À lire aussi : {title}
Publicité
Partager cet article
{count} réactions
S'abonner à la lettre du vallon
Mentions légales
Crédit photo : {name}""",
    ),
}


@dataclass(frozen=True)
class SitePage:
    """One page: the article's lines and the whole text around them."""

    key: str
    source: str
    language: str
    article: tuple[str, ...]
    text: str


def make_site(*, pages_per_template: int = 15, seed: int = 7) -> list[SitePage]:
    """Make the pages; every run gives the same."""
    rng = random.Random(seed)
    return [
        _page(rng, source, number, *TEMPLATES[source])
        for source in TEMPLATES
        for number in range(pages_per_template)
    ]


def _page(rng: random.Random, source: str, number: int, language: str, template: str) -> SitePage:
    article = _article(rng, language)
    lines: list[str] = []
    for line in template.split("\n"):
        lines += article if line == "@" else [_filled(rng, line, language)]
    return SitePage(f"{source}/{number:02}.txt", source, language, tuple(article), "\n\n".join(lines) + "\n")


def _article(rng: random.Random, language: str) -> list[str]:
    stock = SENTENCES[language].split("\n")
    rng.shuffle(stock)
    paragraphs = [" ".join(stock[k : k + 2]) for k in range(0, 8, 2)]
    paragraphs.insert(2, rng.choice(TRAPS[language]))
    return paragraphs


def _filled(rng: random.Random, line: str, language: str) -> str:
    return line.format(
        name=rng.choice(NAMES),
        title=rng.choice(TITLES[language]),
        month=rng.choice(MONTHS[language]),
        day=rng.randint(1, 28),
        count=rng.randint(2, 40),
    )
