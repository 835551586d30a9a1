"""The words of machines are known in several languages; a customer's words never pass for them."""

import pytest

from processors.noise import is_noise
from schemas.messages import InboundMessage
from schemas.vocabulary import Channel

AUTO_REPLIES = {
    "en, by subject": ("Automatic reply: Your ticket 4711", "I am on leave until Monday."),
    "en, out of office": ("Out of Office: hello", "Back on 3 May."),
    "en": (
        None,
        "Hi, I am currently out of the office with limited access to my email. I'll be back on Monday.",
    ),
    "en, apostrophes": (
        None,
        "Hello! I\u2019m on annual leave. For urgent matters please contact my colleague Kim.",
    ),
    "en, thanks": (
        None,
        "Thank you for your email. This is an automated response. We are closed until 2 January.",
    ),
    "en, return": (
        None,
        "I will be away from my desk this week and will respond to your message when I return.",
    ),
    "de, by subject": ("Automatische Antwort: Ihr Anliegen", "Ich bin bis Freitag nicht da."),
    "de, note": ("Abwesenheitsnotiz: Re: Angebot", "Bin im Urlaub."),
    "de": (
        None,
        "Guten Tag, ich bin derzeit nicht im Büro. In dringenden Fällen wenden Sie sich an Frau Roth.",
    ),
    "de, holiday": (
        None,
        "Ich bin bis zum 14. August im Urlaub. Ihre Nachrichten werden nicht weitergeleitet.",
    ),
    "fr, by subject": ("Réponse automatique : Votre demande", "Absent jusqu'à lundi."),
    "fr, decomposed": ("Re\u0301ponse automatique : demande", "Absent jusqu'à lundi."),
    "fr": (None, "Bonjour, je suis actuellement en congés. Je traiterai votre message à mon retour."),
    "es, by subject": ("Respuesta automática: su consulta", "Vuelvo el lunes."),
    "es": (None, "Estoy fuera de la oficina hasta el lunes. En caso de urgencia llame a recepción."),
    "it, by subject": ("Risposta automatica: richiesta", "Torno lunedì."),
    "it": (None, "Sono in ferie fino al 20 agosto. Risponderò al mio rientro."),
    "pt, by subject": ("Resposta automática: pedido de ajuda", "Volto na segunda."),
    "pt": (None, "Estou de férias até sexta. Em caso de urgência, contacte a recepção."),
    "nl, by subject": ("Automatisch antwoord: uw vraag", "Terug op maandag."),
    "nl": (None, "Ik ben momenteel niet aanwezig. Ik lees uw bericht na mijn terugkomst."),
    "pl, by subject": ("Odpowiedź automatyczna: pytanie", "Wracam w poniedziałek."),
    "pl": (None, "Jestem obecnie na urlopie. W pilnych sprawach proszę o kontakt z recepcją."),
    "sv, by subject": ("Automatiskt svar: fråga", "Tillbaka på måndag."),
    "sv": (None, "Jag är på semester. Jag svarar när jag är tillbaka."),
    "tr, by subject": ("Otomatik yan\u0131t: soru", "Pazartesi döneceğim."),
    "ru, by subject": ("Автоматический ответ: вопрос", "Вернусь в понедельник."),
    "ja, by subject": ("自動応答: お問い合わせ", "月曜日に戻ります。"),
    "zh, by subject": ("自动答复\uff1a问题", "我周一回来。"),
    "with the mail it answers": (
        "Automatic reply: Your parcel",
        "I am away.\n\nOn Mon, 3 May 2026, Support wrote:\n> Where should we deliver your parcel?",
    ),
}


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TICKET, None])
@pytest.mark.parametrize(("subject", "text"), AUTO_REPLIES.values(), ids=AUTO_REPLIES.keys())
def test_an_auto_reply_is_noise(subject: str | None, text: str, channel: Channel | None) -> None:
    assert is_noise(InboundMessage(text, subject=subject, channel=channel))


NOTICES = [
    "This is the mail system at host mx.example.com.\n\nI'm sorry to have to inform you",
    "This message was created automatically by mail delivery software.\n\nA message that you sent",
    "** Address not found **\n\nYour message wasn't delivered to nobody@example.com because",
    "Delivery has failed to these recipients or groups:\n\nnobody@example.com",
    "Delivery to the following recipient failed permanently:\n\n     nobody@example.com",
    "Your message to nobody@example.com couldn't be delivered.\n\nnobody wasn't found at example.com.",
    "Delivery to these recipients or groups is complete, but no delivery notification was sent",
    "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:",
    "Échec de la remise pour ces destinataires ou groupes :",
    "Error al entregar a estos destinatarios o grupos:",
    "Recapito non riuscito per i seguenti destinatari o gruppi:",
    "Bezorging is mislukt bij deze geadresseerden of groepen:",
    "Your message\n\n   To: Jane\n   Subject: Your order\n   Sent: Monday\n\nwas read on Tuesday.",
    "Ihre Nachricht\n\n   An: Jana\n   Betreff: Ihre Bestellung\n\nwurde am Dienstag gelesen.",
]


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice_of_a_mail_system_is_noise(text: str) -> None:
    assert is_noise(InboundMessage(text, channel=Channel.EMAIL))


CUSTOMERS = {
    "asks about office hours": ("Out of office hours?", "Do you deliver in the evening"),
    "out of office, without a colon": ("Out of office", "nobody picks up at your shop"),
    "reports a feature": ("Autoreply does not work", "The automatic reply in your app is never sent."),
    "answers an auto-reply": ("Re: Automatic reply: order 4711", "That does not help me, I want a person."),
    "forwards an auto-reply": ("Fwd: Automatic reply: hello", "This is all I ever get from you."),
    "is fed up with auto-replies": (None, "This is an automatic reply again! I want to talk to a human."),
    "asks about an automated mail": (
        None,
        'I got "this is an automated message, do not reply". Is it from you?',
    ),
    "goes on holiday": (
        None,
        "I am on holiday from Friday, I will respond to the courier when I return, hold my parcel.",
    ),
    "is away, wants something": (
        None,
        "I'm out of the office until Monday. For urgent delivery contact my neighbour.",
    ),
    "is away, nothing more": (None, "I am on vacation and the app logs me out all the time"),
    "asks for an exchange while away": (
        None,
        "I am on leave. I will reply when I get back. Please send a new one.",
    ),
    "is abroad (de)": (None, "Ich bin im Urlaub, in dringenden Fällen bitte das Paket zum Nachbarn bringen."),
    "is abroad (fr)": (
        None,
        "Je suis en congés, je veux annuler ma commande avant mon retour. En cas d'urgence appelez.",
    ),
    "is abroad (es)": (None, "Estoy de vacaciones, a mi regreso quiero el reembolso."),
    "is abroad (it)": (None, "Sono in ferie, al mio rientro vorrei il rimborso."),
    "thanks": (None, "Thank you for your email. I am still waiting."),
    "thanks, tells of an auto mail": (
        None,
        "Thank you for your message about my order. This is an automatic reply, right?",
    ),
    "parcel undeliverable": ("Undeliverable: my parcel came back", "The carrier says undeliverable."),
    "delivery failed": ("Delivery failed", "Delivery has failed twice now, nobody rang the bell."),
    "message not delivered": (
        None,
        "Your message wasn't delivered to my inbox, send the invoice again please",
    ),
    "pastes a bounce": (
        None,
        "I wrote to your sales team and got: Delivery has failed to these recipients or groups",
    ),
    "quotes a bounce": (
        None,
        "My mail came back, see below.\n\n> This is the mail system at host mx.example.com.",
    ),
    "read": (None, "Your message to me was read on the phone by my son, who deleted it"),
    "wants to be the customer of a daemon": (None, "Does your mail system support auto-replies"),
    "a colon by chance": ("Out of office: who answers on weekends?", "Is anybody there on Sundays?"),
    "an order in the answer": ("Automatic reply: order 4711", "I did not order this, cancel it."),
    "empty": (None, ""),
}


@pytest.mark.parametrize(("subject", "text"), CUSTOMERS.values(), ids=CUSTOMERS.keys())
def test_a_customer_is_never_noise(subject: str | None, text: str) -> None:
    assert not is_noise(InboundMessage(text, subject=subject, channel=Channel.EMAIL))


@pytest.mark.parametrize("channel", [Channel.CHAT, Channel.VOICE, Channel.API])
def test_where_no_machine_answers_words_prove_nothing(channel: Channel) -> None:
    for subject, text in AUTO_REPLIES.values():
        assert not is_noise(InboundMessage(text, subject=subject, channel=channel))


def test_a_machine_may_say_so_in_any_channel() -> None:
    assert is_noise(InboundMessage("hello", channel=Channel.API, signals={"auto-submitted": "auto-replied"}))


def test_a_text_made_to_be_slow_is_not() -> None:
    slow = [
        "(" * 250_000,
        "I am " * 50_000,
        "ich bin " * 30_000,
        "Your message\nTo: " * 15_000,
        "on " + "a" * 250_000,
    ]
    assert not any(is_noise(InboundMessage(text, subject=text, channel=Channel.EMAIL)) for text in slow)
