"""The names of languages, regions and scripts, in English and in the tongues of those who speak them.

Pure: Unicode's CLDR, as babel carries it; it is read when a word is first asked for, other tongues only when English
does not know it. Names are compared by `key`: letters and digits alone, without accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

#: The languages that HeyGen translates to: what their speakers call a language is understood.
_TONGUES = (
    "de", "es", "fr", "pt", "it", "nl", "ja", "ko", "zh", "zh_Hant", "ru", "pl", "tr", "sv", "da", "nb", "fi",
    "cs", "uk", "ar", "he", "hi", "id", "af", "am", "az", "bg", "bn", "bs", "ca", "cy", "el", "et", "eu", "fa",
    "fil", "ga", "gl", "gu", "hr", "hu", "hy", "is", "jv", "ka", "kk", "km", "kn", "lo", "lt", "lv", "mk", "ml",
    "mn", "mr", "ms", "mt", "my", "ne", "ps", "ro", "si", "sk", "sl", "so", "sq", "sr", "su", "sw", "ta", "te",
    "th", "ur", "uz", "vi", "yue", "zu",
)  # fmt: skip

#: What CLDR calls otherwise, or not at all.
_LANGUAGES = {
    "mandarin": "zh", "bengali": "bn", "castilian": "es", "castellano": "es", "farsi": "fa", "tagalog": "fil",
    "bahasa indonesia": "id", "bahasa melayu": "ms", "bahasa malaysia": "ms", "wu": "wuu",
}  # fmt: skip
_TERRITORIES = {"korea": "KR", "hong kong sar": "HK", "hong kong": "HK", "uk": "GB", "usa": "US", "england": "GB"}

#: Several codes of one language.
_SAME = {"no": "nb", "cmn": "zh", "tl": "fil", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "sr"}

_NOT_A_WORD = re.compile(r"[\W_]+")


def key(name: str) -> str:
    """`turkiye` for `Türkiye`, `bosnia herzegovina` for `Bosnia & Herzegovina` and `Bosnia and Herzegovina`."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if unicodedata.category(letter) != "Mn")
    words = _NOT_A_WORD.sub(" ", plain.casefold()).replace(" and ", " ")
    return words.strip()


@cache
def english() -> Mapping[str, str]:
    """Code by the English name of a language, some with a region: `pt_BR` for Brazilian Portuguese."""
    return {**_inverse(_locale("en").languages), **_LANGUAGES}


@cache
def everywhere() -> Mapping[str, str]:
    """Code by a language's name in any of the tongues; its own tongue goes before others."""
    found: dict[str, str] = {}
    for tongue in _TONGUES:
        for name, code in _inverse(_locale(tongue).languages).items():
            found.setdefault(name, code)
    return {**found, **native()}


@cache
def native() -> Mapping[str, str]:
    """Code by what the speakers of a language call it."""
    names = {tongue: _locale(tongue).languages.get(tongue) for tongue in _TONGUES}
    return {key(name): tongue for tongue, name in names.items() if name}


@cache
def territories(language: str) -> Mapping[str, str]:
    """Code by the name of a country or region: in English, in the language itself, or the code."""
    names = _inverse(_locale("en").territories)
    own = _inverse(_locale(language).territories) if language in _TONGUES else {}
    return {**{key(code): code for code in names.values()}, **own, **names, **_TERRITORIES}


@cache
def scripts(language: str) -> Mapping[str, str]:
    """Code by the name of a script: in English, in the language itself, or the code."""
    names = _inverse(_locale("en").scripts)
    own = _inverse(_locale(language).scripts) if language in _TONGUES else {}
    return {**{key(code): code for code in names.values()}, **own, **names}


def english_name(language: str) -> str:
    """`German` for `de`; "" for a code that is none."""
    return str(_locale("en").languages.get(language, ""))


def canonical(language: str, script: str, territory: str) -> tuple[str, str, str] | None:
    """The codes as CLDR writes them today; None where one of them is none."""
    from babel.core import get_global

    language, script, territory = language.lower(), script.title(), territory.upper()
    language = _SAME.get(language, language)
    alias = str(get_global("language_aliases").get(language, language))
    language = _SAME.get(alias, alias) if "_" not in alias else language
    territory = (get_global("territory_aliases").get(territory) or [territory])[0]
    known = _locale("en")
    if language not in known.languages or (script and script not in known.scripts):
        return None

    return None if territory and territory not in known.territories else (language, script, territory)


def language_in(territory: str) -> str:
    """The language of most people in a country, by its code; "" for anything else."""
    from babel.core import get_global

    found = get_global("likely_subtags").get(f"und_{territory.upper()}", "") if len(territory) == 2 else ""
    return found.partition("_")[0]


def likely(language: str, script: str = "", territory: str = "") -> tuple[str, str, str]:
    """The codes with those that go without saying: `zh_Hans_CN` for `zh`."""
    from babel.core import get_global

    subtags = get_global("likely_subtags")
    for asked in ((language, script, territory), (language, territory), (language, script), (language,)):
        found = subtags.get("_".join(filter(None, asked)))
        if found:
            language, its_script, its_territory = found.split("_")[:3]
            return language, script or its_script, territory or its_territory
    return language, script, territory


def _inverse(names: Mapping[str, str]) -> Mapping[str, str]:
    """Code by name; of two codes of one name the shorter."""
    found: dict[str, str] = {}
    for code in sorted(names, key=lambda code: (len(code), code), reverse=True):
        found[key(names[code])] = code
    return found


@cache
def _locale(identifier: str) -> Locale:
    from babel import Locale

    return Locale.parse(identifier)
