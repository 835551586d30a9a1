"""Texts in languages that the model was never taught."""
# ruff: noqa: RUF001 - letters of other scripts are what this is about

import subprocess
import sys
from pathlib import Path

import pytest

from onnx_models.corpus.reading import OUT_OF_SCOPE, read
from streams.scoring.languages import Languages

DATA = Path(__file__).parents[3] / "onnx_models" / "data" / "support"
FOREIGN = {
    "de": (
        "Wo bleibt meine Bestellung? Ich warte seit zwei Wochen.",
        "Mein Passwort funktioniert nicht mehr",
        "Könnt ihr mir die Rechnung nochmal per Mail schicken, danke",
    ),
    "fr": (
        "Où est ma commande ? Cela fait deux semaines que j'attends.",
        "Mon mot de passe ne marche plus",
        "je veux être remboursé, le colis n'est jamais arrivé",
    ),
    "es": (
        "¿Dónde está mi pedido? Llevo dos semanas esperando.",
        "mi contraseña ya no funciona",
        "Por favor cancelen mi suscripción a final de mes.",
    ),
    "pl": ("Gdzie jest moje zamówienie? Czekam już dwa tygodnie.", "nie mogę się zalogować na swoje konto"),
    "tr": ("Paramı geri istiyorum, paket hiç gelmedi.", "Lütfen aboneliğimi ay sonunda iptal edin."),
    "ru": ("Где мой заказ? Я жду уже две недели.", "Не могу войти в аккаунт"),
    "zh": ("我的订单在哪里？我已经等了两个星期了。", "我要退款，包裹一直没有到。"),
    "ar": ("أين طلبي؟ أنا أنتظر منذ أسبوعين.", "أريد استرداد أموالي، الطرد لم يصل أبدا."),
}
ENGLISH = (
    "wheres my oder??? i payed 2 weeks ago",
    "Bitte means please in German, how do I change my name to Müller-Lüdenscheidt",
    "plz cancl my subscripton asap",
    "ist all ok with my acount",
    "Señor Nuñez here, no parcel for Calle de Alcalá 45, Madrid",
    "merci beaucoup",
    "ORD-7719-004 status pls",
)


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages(("en",))


@pytest.mark.parametrize("text", [text for texts in FOREIGN.values() for text in texts])
def test_a_sentence_in_another_language_is_known_as_such(languages: Languages, text: str) -> None:
    assert languages.foreign(text) is not None


@pytest.mark.parametrize("language", FOREIGN)
def test_the_language_is_told(languages: Languages, language: str) -> None:
    assert languages.foreign(FOREIGN[language][0]) == language


@pytest.mark.parametrize("text", ENGLISH)
def test_english_passes_with_slips_with_names(languages: Languages, text: str) -> None:
    assert languages.foreign(text) is None


def test_none_of_our_own_messages_in_scope_is_refused(languages: Languages) -> None:
    data = read(DATA)
    refused = [
        each.text
        for each in (*data.train, *data.valid, *data.test)
        if each.intent != OUT_OF_SCOPE and languages.foreign(each.text)
    ]
    assert refused == []


def test_what_the_bundle_speaks_is_never_foreign() -> None:
    both = Languages(("en", "de"))
    assert both.foreign(FOREIGN["de"][0]) is None
    assert both.foreign(ENGLISH[0]) is None
    assert both.foreign(FOREIGN["fr"][0]) == "fr"


def test_the_detector_is_loaded_with_the_first_text_that_leaves_a_doubt() -> None:
    look = """if True:
        import sys
        from streams.scoring.bundles import load, shipped
        from streams.scoring.scorer import OnnxScorer
        scorer = OnnxScorer(load(shipped()))
        for text in ("where is my parcel?", "Mein Passwort funktioniert nicht mehr"):
            (result,) = scorer.score([text])
            print(type(result).__name__, "py3langid" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", look], cwd=DATA.parents[2], capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["Scores False", "ScoreFailed True"], done.stderr
