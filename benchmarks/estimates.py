"""How near the estimates of spoken length come to what videos and recordings really last, before and after learning.

    python -m benchmarks.estimates

Some hundred texts in eight languages, from a greeting to a page, with numbers, prices, links, breaks and several
speeds, are made as voice-overs and avatar videos by whole commands: in the sandbox, and at the tests' stand-in over a
loopback socket. Both say them with voices of their own (`bulkgen.sandbox.voice`), which know nothing of the estimate.
"Before" is what the intents in the resume file say; "after" is what they would say once half of the jobs have taught
theirs, and is measured on the other half. Each text is asked for with its language and, in a second table, without.
"""

from __future__ import annotations

import csv
import random
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bulkgen.ledger.lessons import lessons
from bulkgen.pricing.learned import Learned, Lesson
from tests.story import Story

#: Texts of each language, and how many of them are avatar videos, which take their time in the sandbox.
TEXTS, AVATARS = 40, 6

#: Sentences of the languages; `{name}`, `{firm}`, `{number}`, `{year}`, `{price}` and `{link}` are filled in.
SENTENCES: dict[str, tuple[str, ...]] = {
    "en-US": (
        "Hi {name}, this is Tom from {firm}.",
        "I saw that your team has grown to {number} people since {year}.",
        "We help companies like yours to spend less time on onboarding videos.",
        "Most of our customers save {price} in the first quarter alone!",
        "Would you be open to a short call next week, perhaps on Tuesday at 10:30?",
        "You can find everything you need at {link}, or simply reply to this message.",
        "Our CRM and your HR tools work together from day one; nothing has to be installed.",
        "Thanks for watching, and have a great day.",
    ),
    "de-DE": (
        "Guten Tag {name}, hier spricht Katharina von {firm}.",
        "Seit {year} haben wir über {number} Unternehmen bei der Einführung begleitet.",
        "Gerne zeige ich Ihnen, wie Sie Ihre Schulungsvideos deutlich schneller erstellen.",
        "Das Paket kostet {price} im Monat, und Sie können jederzeit kündigen.",
        "Haben Sie nächste Woche eine Viertelstunde Zeit für ein unverbindliches Gespräch?",
        "Alle Einzelheiten finden Sie unter {link}.",
        "Die Datenschutzgrundverordnung halten wir selbstverständlich ein.",
        "Ich freue mich auf Ihre Antwort!",
    ),
    "es-ES": (
        "Hola {name}, soy Lucía, de {firm}.",
        "Desde {year} hemos ayudado a más de {number} empresas como la tuya.",
        "Con nuestra herramienta puedes personalizar cada vídeo sin volver a grabar nada.",
        "El plan básico cuesta {price} al mes, sin permanencia.",
        "¿Te viene bien que hablemos el jueves por la tarde?",
        "Toda la información está en {link}.",
        "Tus clientes recibirán un mensaje cercano, en su idioma y con su nombre.",
        "Muchas gracias por tu tiempo, ¡hasta pronto!",
    ),
    "fr-FR": (
        "Bonjour {name}, je suis Camille de {firm}.",
        "Depuis {year}, plus de {number} équipes nous font confiance.",
        "Nous vous aidons à créer des vidéos sur mesure pour chacun de vos clients.",
        "L'abonnement coûte {price} par mois, tout compris.",
        "Seriez-vous disponible pour un court échange la semaine prochaine ?",
        "Retrouvez tous les détails sur {link}.",
        "Votre interlocuteur habituel reste à votre disposition en cas de besoin.",
        "Merci beaucoup, et à très bientôt.",
    ),
    "pl-PL": (
        "Dzień dobry {name}, tu Agnieszka z firmy {firm}.",
        "Od {year} roku pomogliśmy ponad {number} firmom z całej Polski.",
        "Chętnie pokażę, jak przygotować szkolenia wideo w kilka minut.",
        "Pakiet kosztuje {price} miesięcznie, bez ukrytych opłat.",
        "Czy możemy porozmawiać w przyszłym tygodniu?",
        "Więcej informacji znajdzie Pani na stronie {link}.",
        "Wszystkie dane przechowujemy bezpiecznie na terenie Unii Europejskiej.",
        "Dziękuję za uwagę i życzę miłego dnia!",
    ),
    "ja-JP": (
        "{name}様、こんにちは。{firm}の田中と申します。",
        "弊社は{year}年から、{number}社以上のお客様をご支援してまいりました。",
        "動画の制作にかかる時間を、大幅に短縮することができます。",
        "月額料金は{price}で、いつでも解約していただけます。",
        "来週の火曜日に、少しお話しするお時間をいただけませんか？",
        "詳しくは{link}をご覧ください。",
        "サポートチームが、導入から運用まで丁寧にお手伝いいたします。",
        "ご視聴ありがとうございました。",
    ),
    "zh-CN": (
        "{name}您好，我是{firm}的李明。",
        "从{year}年开始，我们已经为{number}多家企业提供了服务。",
        "我们可以帮助您的团队更快地制作个性化的培训视频。",
        "每月的费用只要{price}，可以随时取消。",
        "下周二上午您方便通个电话吗？",
        "更多信息请访问{link}。",
        "我们的客服团队会全程为您提供支持，请您放心。",
        "感谢您的观看，祝您工作顺利！",
    ),
    "ar-SA": (
        "مرحبا {name}، معكم سارة من شركة {firm}.",
        "منذ عام {year} ساعدنا أكثر من {number} شركة في المنطقة.",
        "يمكننا مساعدتكم في إنشاء مقاطع فيديو مخصصة لكل عميل.",
        "تبلغ تكلفة الاشتراك {price} في الشهر.",
        "هل لديكم وقت لمكالمة قصيرة في الأسبوع المقبل؟",
        "تجدون جميع التفاصيل على {link}.",
        "فريق الدعم لدينا جاهز للإجابة على جميع أسئلتكم.",
        "شكرا لكم ونتمنى لكم يوما سعيدا.",
    ),
}

NAMES = ("Ann", "Maximilian", "García", "Wiśniewska", "O'Neill", "田中", "王芳", "سارة")
FIRMS = ("Acme", "Nordlicht", "Sol & Mar", "ABC", "Blue River Consulting")
LINKS = ("www.acme.com", "https://example.com/demo", "acme.com/start")


def texts(language: str, rng: random.Random) -> Iterable[str]:
    """As people write them: most of a few sentences, some of one, some of a page."""
    for _ in range(TEXTS):
        chosen = rng.choices(SENTENCES[language], k=rng.choice((1, 2, 3, 4, 5, 6, 8, 12, 24)))
        text = ("" if language in ("ja-JP", "zh-CN") else " ").join(chosen)
        for blank in ("{name}", "{firm}", "{number}", "{year}", "{price}", "{link}"):
            while blank in text:
                text = text.replace(blank, _filling(blank, rng), 1)
        if rng.random() < 0.15:
            text += ' <break time="1.5s"/> ' + rng.choice(SENTENCES[language][-1:])
        yield text


def _filling(blank: str, rng: random.Random) -> str:
    match blank:
        case "{name}":
            return rng.choice(NAMES)
        case "{firm}":
            return rng.choice(FIRMS)
        case "{number}":
            return rng.choice((str(rng.randint(2, 99)), str(rng.randint(100, 999)), f"{rng.randint(1_000, 99_999):,}"))
        case "{year}":
            return str(rng.randint(1985, 2026))
        case "{price}":
            return rng.choice((f"${rng.randint(5, 900)}", f"{rng.randint(5, 99)},90 €", f"{rng.randint(10, 60)} %"))
        case _:
            return rng.choice(LINKS)


def sheet(path: Path, voices: Sequence[str], look: str, *, told: bool) -> None:
    """`told`: each row says its language."""
    rng = random.Random(11)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["type", "text", "script", "voice_id", "avatar_id", "speed", "locale", "row_id"])
        for language in SENTENCES:
            for number, text in enumerate(texts(language, rng)):
                voice, speed = rng.choice(voices), rng.choice((1, 1, 1, 0.9, 1.2))
                what = ("avatar", "", text, voice, look) if number < AVATARS else ("speech", text, "", voice, "")
                rows.writerow([*what, speed, language if told else "", f"{language} {number}"])


def measured(story: Story, *options: str, told: bool, voices: Sequence[str], look: str) -> list[tuple[str, Lesson]]:
    """What each finished job teaches, with its language."""
    name = f"texts{'_told' if told else ''}.csv"
    sheet(story.folder / name, voices, look, told=told)
    story.run(name, *options)
    states = sorted(story.states(f"{name}{'.sandbox' if options else ''}"), key=lambda state: state.row_id)
    return [(state.row_id.partition(" ")[0], lesson) for state in states for lesson in lessons([state])]


def table(found: Sequence[tuple[str, Lesson]]) -> None:
    mixed = random.Random(3).sample(found, len(found))
    half = len(mixed) // 2
    steps = [Learned.of(lesson for _, lesson in mixed[:count]) for count in (0, 10, 40, half)]
    print(f"| language | texts | {' | '.join(f'error, within, range after {learned.count}' for learned in steps)} |")
    print(f"|---|---|{'---|' * len(steps)}")
    for language in (*SENTENCES, "all"):
        rest = [lesson for told, lesson in mixed[half:] if language in (told, "all")]
        print(f"| {language} | {len(rest)} | {' | '.join(_cell(rest, learned) for learned in steps)} |")


def _cell(rest: Sequence[Lesson], learned: Learned) -> str:
    pairs = [(learned.seconds(lesson.expected), lesson.seconds) for lesson in rest]
    known = [(found, seconds) for found, seconds in pairs if found]
    error = statistics.median(abs(found.likely / seconds - 1) for found, seconds in known)
    within = sum(found.low <= seconds <= found.high for found, seconds in known) / len(known)
    width = statistics.median((found.high - found.low) / found.likely for found, _ in known)
    return f"{error:.0%}, {within:.0%}, ±{width / 2:.0%}"


def main() -> None:
    with tempfile.TemporaryDirectory() as name, Story(Path(name)) as story:
        for told in (True, False):
            for where, options, voices, look in (
                ("the sandbox", ("--sandbox",), ("voice_anna", "voice_ben", "voice_lucia"), "look_abigail"),
                ("the stand-in", (), ("voice_ann", "voice_page_001", "voice_page_002"), "look_ann"),
            ):
                print(f"\n{where}, {'languages told' if told else 'no language told'}\n")
                table(measured(story, *options, told=told, voices=voices, look=look))


if __name__ == "__main__":
    main()
