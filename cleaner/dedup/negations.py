"""Words that negate, by language: what turns a sentence into its opposite.

One form may be two tokens ("isn't"). Forms that are common words of another language with another
meaning are left out (Finnish *en*, Lithuanian *be*, Italian *mai*, Spanish *ni*), because the language
of a passage is not known here. Signs of negation are included.
"""

from __future__ import annotations

from functools import cache

from cleaner.dedup.tokens import tokens

FORMS = {
    "signs": "❌ ✗ ✘ 🚫 ⛔ 👎",
    "af": "nie geen nooit niemand niks sonder",
    "ar": "لا لم لن ليس ليست غير بدون",
    "bg": "не няма никога никой нищо без нито",
    "bn": "না নেই নয় নি নাই ছাড়া",
    "ca": "no tampoc",
    "cs": "ne není nejsou nebyl nebyla nebylo nebyli nemá nemůže nikdy nikdo nic bez žádný žádná žádné",
    "cy": "nid ddim nac",
    "da": "ikke aldrig ingen intet uden",
    "de": "nicht kein keine keinen keiner keinem keines nie niemals niemand nichts ohne weder",
    "el": "δεν δε μην μη όχι ποτέ χωρίς ούτε κανένας καμία",
    "en": "not no never none nobody nothing nowhere neither nor without cannot isn't aren't wasn't weren't don't "
    "doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shan't shouldn't mustn't needn't mightn't",
    "es": "no nunca jamás ningún ninguno ninguna tampoco sin",
    "et": "ei ära",
    "fa": "نه نیست نیستند نبود نمی هیچ بدون",
    "fi": "ei eivät emme ettei eikä älä ilman",
    "fr": "pas ne jamais rien aucun aucune sans",
    "gu": "નથી નહીં નહિ ન નહોતો નહોતી નહોતું વગર",
    "he": "לא אין אל בלי ללא אינו אינה אינם",
    "hi": "नहीं न मत ना बिना",
    "hr": "ne nije nisu nema nikad nikada ništa nitko bez",
    "hu": "nem ne nincs nincsenek sem soha senki semmi nélkül",
    "id": "tidak bukan jangan belum tanpa",
    "it": "non nessun nessuno nessuna niente nulla senza",
    "ja": "ない なく なかっ ません 不 無 非 未",
    "kn": "ಇಲ್ಲ ಅಲ್ಲ ಬೇಡ ಇಲ್ಲದೆ",
    "ko": "안 못 않다 않는다 않았다 않고 않은 않는 않을 "
    "없다 없는 없이 없었다 없고 없을 아니다 아닌 아니라 아니 못했다 못한",
    "lt": "ne nėra nebuvo niekada niekas",
    "lv": "ne nav nebija neviens bez",
    "mk": "не нема никогаш никој ништо без",
    "ml": "ഇല്ല അല്ല വേണ്ട ഇല്ലാതെ",
    "mr": "नाही नाहीत नको नये न शिवाय",
    "ne": "छैन छैनन् होइन न बिना थिएन",
    "nl": "niet geen nooit niemand niets zonder",
    "no": "ikke aldri ingen intet uten",
    "pa": "ਨਹੀਂ ਨਾ ਬਿਨਾਂ",
    "pl": "nie nigdy nikt nic bez żaden żadna żadne",
    "pt": "não nunca jamais nenhum nenhuma nem",
    "ro": "nu niciodată nimeni nimic fără nici",
    "ru": "не нет никогда никто ничего без нельзя ни",
    "sk": "nie nikdy nikto nič bez nebol nebola nebolo neboli nemá nemôže",
    "sl": "ne niso nikoli nihče nič brez nima",
    "so": "maaha mayn aanay",
    "sq": "nuk mos asnjë kurrë askush",
    "sv": "inte ej aldrig ingen inget inga utan",
    "sw": "hapana hakuna sio siyo",
    "ta": "இல்லை அல்ல வேண்டாம் இல்லாமல்",
    "te": "లేదు కాదు వద్దు లేకుండా",
    "th": "ไม่ มิ",
    "tl": "hindi wala huwag walang",
    "tr": "değil yok hiç asla olmadan",
    "uk": "не ні немає ніколи ніхто нічого без",
    "ur": "نہیں نہ مت بغیر",
    "vi": "không chẳng chưa đừng",
    "zh": "不 没 沒 无 無 非 未 勿",
}
"""Native forms by language code, separated by spaces."""

PREFIXED = {
    "cs": (
        "ne",
        "byl byla bylo byli byly bude budu budou budeme jsem jsi jsme jsou mám máš máme mají měl měla mělo měli může "
        "mohu mohou mohl mohla mohli musí musel musela chce chtěl chtěla chtějí ví věděl věděla jde šel šla přišel "
        "přišla přijal přijala schválil schválila dal dala dostal dostala udělal udělala řekl řekla viděl viděla "
        "našel našla platí souhlasí souhlasil souhlasila existuje podařilo stalo lze smí smějí bezpečný možné známý",
    ),
    "sk": (
        "ne",
        "boli bude budem budú mám máme majú mal mala malo mali môžu mohol mohla mohli musí musel musela chce chcel "
        "chcela chcú vie vedel vedela prišiel prišla prijal prijala schválil schválila dal dala dostal dostala "
        "urobil urobila povedal povedala videl videla našiel našla platí súhlasí súhlasil súhlasila existuje smie",
    ),
    "lt": (
        "ne",
        "turi turėjo gali galėjo bus buvau žino žinojo nori norėjo reikia reikėjo galima atvyko pritarė",
    ),
    "lv": (
        "ne",
        "biju bijām var varēja būs būšu zina zināja grib gribēja drīkst drīkstēja atbrauca piekrita",
    ),
    "hr": ("ne", "ću će ćemo moguće poznat siguran"),
    "en": (
        "un",
        "safe able likely lawful fair happy known willing necessary certain changed harmed injured paid",
    ),
    "en-2": ("in", "accurate correct complete valid sufficient"),
    "en-3": ("im", "possible probable"),
    "de": (
        "un",
        "möglich sicher gültig zulässig bekannt wahrscheinlich schuldig verändert verletzt gefährlich",
    ),
    "nl": ("on", "mogelijk veilig geldig bekend waarschijnlijk schuldig gewijzigd"),
    "sv": ("o", "möjligt säkert giltigt känt sannolikt förändrad skadad"),
    "es": ("im", "posible probable"),
    "fr": ("im", "possible probable"),
    "ru": ("не", "возможно известно безопасно законно вероятно обязательно"),
    "uk": ("не", "можливо відомо безпечно законно ймовірно обов’язково"),
    "pl": ("nie", "możliwe bezpieczny legalny ważny znany prawdopodobne"),
}
"""Prefixes that negate, and common words that take them; the second prefix of a language has a number."""


@cache
def negations() -> frozenset[tuple[str, ...]]:
    """Return all forms as sequences of tokens.

    >>> ("isn", "t") in negations(), ("pas",) in negations(), ("nebyl",) in negations()
    (True, True, True)
    """
    plain = (form for forms in FORMS.values() for form in forms.split())
    prefixed = (prefix + word for prefix, words in PREFIXED.values() for word in words.split())
    return frozenset(tuple(tokens(form)) for form in (*plain, *prefixed))


@cache
def affirmed() -> frozenset[str]:
    """Return the words that a prefix negates.

    >>> "byl" in affirmed(), "nebyl" in affirmed()
    (True, False)
    """
    return frozenset(word for _, words in PREFIXED.values() for word in words.split())


@cache
def longest() -> int:
    """Return how many tokens the longest form has."""
    return max(map(len, negations()))
