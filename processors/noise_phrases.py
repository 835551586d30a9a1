"""What machines write in the place of a customer, language by language."""

import re
from typing import Final


def _any(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


# Subjects that mail programs put before the subject they answer. Only with the colon: "Out of office hours?"
# is a customer's. What comes after "Re:" or "Fwd:" was sent by a person, so the match is at the start.
AUTO_SUBJECT: Final = re.compile(
    _any(
        "automatic reply",
        r"out of (?:the )?office(?: auto-?reply| notification)?",
        "automatische antwort",
        "abwesenheits(?:notiz|nachricht|meldung)",
        "réponse automatique",
        "absence du bureau",
        "respuesta autom[áa]tica",
        "fuera de la oficina",
        "risposta automatica",
        r"fuori (?:sede|ufficio)",
        "resposta autom[áa]tica",
        "automatisch antwoord",
        "odpowiedź automatyczna",
        "automatyczna odpowiedź",
        "automatisk[t]? svar",
        "automaattinen vastaus",
        "automatická odpověď",
        "otomatik yan\u0131t",
        "автоматический ответ",
        "автоматична відповідь",
        "自動応答",
        "自動返信",
        "自动答复",
        "自动回复",
        "자동 회신",
    )
    + r"\s*[:\uff1a]",
    re.IGNORECASE,
)

# Not here, said in the first person near the beginning.
ABSENT: Final = re.compile(
    _any(
        r"\b(?:i am|i'm|i will be|i'll be) (?:currently |now |presently )?"
        r"(?:out of (?:the )?office|away from (?:the office|my desk)|"
        r"on (?:annual |parental |maternity |sick )?(?:leave|vacation|holidays?))",
        r"\bich bin\b.{0,60}\b(?:nicht im (?:büro|haus)|abwesend|im urlaub|außer haus|nicht erreichbar)",
        r"\bje (?:suis|serai) (?:actuellement )?(?:absente?|en congés?|hors du bureau)",
        r"\b(?:estoy|estaré|me encuentro) (?:actualmente )?(?:fuera de la oficina|de vacaciones|ausente)",
        r"\b(?:sono|sarò) (?:attualmente )?(?:fuori (?:ufficio|sede)|in ferie|assente)",
        r"\b(?:estou|estarei) (?:atualmente )?(?:fora do escritório|de férias|ausente)",
        r"\bik ben\b.{0,40}\b(?:niet aanwezig|afwezig|op vakantie|niet op kantoor)",
        r"\b(?:jestem|przebywam) (?:obecnie )?(?:na urlopie|poza biurem|nieobecn)",
        r"\bjag är\b.{0,40}\b(?:på semester|inte på kontoret|frånvarande)",
    ),
    re.IGNORECASE,
)

# When the mail will be read, or who reads it in the meantime.
MEANWHILE: Final = re.compile(
    _any(
        r"\b(?:limited|no|intermittent|restricted) access to (?:my )?(?:e-?mails?|inbox|messages)",
        r"\b(?:reply|respond|answer|get back)\b.{0,60}\b(?:when|once|upon|after|on) (?:i|my) "
        r"(?:return|am back|get back)",
        r"\b(?:urgent|immediate|emergenc\w+)\b.{0,60}\b(?:contact|call|reach)\b",
        r"\bnach meiner rückkehr|\bin dringenden fällen|\bwerden nicht (?:weitergeleitet|gelesen)",
        r"\bà mon retour|\ben cas d'urgence",
        r"\ba mi (?:regreso|vuelta)|\ben caso de urgencia",
        r"\bal mio (?:rientro|ritorno)|\bper (?:urgenze|questioni urgenti)",
        r"\bno meu (?:regresso|retorno)|\bem caso de urgência",
        r"\b(?:bij|na) mijn terugkomst|\bvoor dringende (?:zaken|gevallen)",
        r"\bpo powrocie|\bw (?:pilnych sprawach|nagłych przypadkach)",
        r"\bnär jag är tillbaka|\bi brådskande (?:ärenden|fall)",
    ),
    re.IGNORECASE,
)

# The machine introduces itself.
AUTOMATIC: Final = re.compile(
    _any(
        r"\bthis is an (?:automated|automatic|automatically generated|auto-?generated) "
        r"(?:reply|response|answer|message|e-?mail)",
        r"\bdies ist eine automatisch(?:e| generierte| erstellte| erzeugte) (?:antwort|nachricht|e-?mail)",
        r"\bceci est (?:une réponse|un message) automatique",
        r"\best[ae] es (?:una respuesta|un mensaje) automátic[ao]",
        r"\bquest[ao] è (?:una risposta|un messaggio) automatic[ao]",
        r"\best[ae] é uma (?:resposta|mensagem) automática",
        r"\bdit is een automatisch(?:e|) (?:antwoord|bericht|e-?mail)",
        r"\bto jest (?:automatyczna odpowiedź|wiadomość automatyczna)",
    ),
    re.IGNORECASE,
)

# What a machine says to someone whose mail it has just taken.
RECEIVED: Final = re.compile(
    _any(
        r"\bthank(?:s| you) for (?:your|the) (?:e-?mail|message|enquiry|inquiry)",
        r"\b(?:danke|vielen dank) für (?:ihre|deine) (?:e-?mail|nachricht|mail|anfrage)",
        r"\bmerci (?:pour|de) votre (?:e-?mail|message|mail|courriel)",
        r"\bgracias por (?:su|tu) (?:mensaje|correo)",
        r"\bgrazie per (?:la sua|il suo|la tua|il tuo) (?:e-?mail|messaggio)",
        r"\bobrigad[oa] (?:pela sua|por sua|pelo seu) (?:mensagem|e-?mail|contato|contacto)",
        r"\bbedankt voor (?:uw|je) (?:bericht|e-?mail|mail)",
        r"\bdziękuj(?:ę|emy) za (?:wiadomość|e-?mail|kontakt)",
    ),
    re.IGNORECASE,
)

# What a customer speaks of, whatever else the mail looks like: then it is never noise by its words.
BUSINESS: Final = re.compile(
    r"[?\uff1f¿]|\b(?:order(?:s|ed)?|parcels?|packages?|deliver(?:y|ies|ed)?|refund\w*|invoices?|accounts?|"
    r"subscriptions?|returns? label|exchange|cancel\w*|money|broken|damaged|"
    r"please (?:send|stop|change|hold|help)|"
    r"bestell\w*|paket\w*|liefer\w*|rechnung\w*|konto|stornier\w*|kündig\w*|erstatt\w*|geld|"
    r"command[eé]\w*|colis|livr\w+|rembours\w*|facture\w*|annul\w*|pedidos?|paquetes?|entrega\w*|reembols\w*|"
    r"facturas?|ordin[ei]|pacc[oh]\w*|consegn\w*|rimbors\w*|fattur\w*|encomendas?|faturas?|cancelar|"
    r"bestelling\w*|pakket\w*|bezorg\w*|terugbetal\w*|zamówieni\w*|paczk\w*|zwrot\w*|faktur\w*)\b",
    re.IGNORECASE,
)

# How mail systems open the notice that a mail came back, is late, was delivered or read. Anchored at the
# start: a customer who pastes one says something first.
NOTICE: Final = re.compile(
    r"\W{0,20}"
    + _any(
        r"this is the mail system at host ",
        r"hi\. this is the qmail-send program",
        r"this message was created automatically by mail delivery software",
        r"the following message to <.{1,250}> was undeliverable",
        r"(?:address not found|message not delivered|message blocked|recipient inbox full)\W+your message "
        r"(?:wasn't delivered|couldn't be delivered|to \S+ has been blocked)",
        r"delivery to the following recipients? (?:failed|has been delayed)",
        r"your message to \S+@\S+ (?:couldn't|could not) be delivered",
        r"delivery has failed to these recipients or groups",
        r"delivery to these recipients or groups is complete",
        r"your message has been delivered to the following recipients",
        r"sorry, we were unable to deliver your message to the following address",
        r"fehler bei der nachrichtenzustellung an folgende empfänger",
        r"échec de la remise (?:pour|à) ces destinataires ou groupes",
        r"error al entregar a estos destinatarios o grupos",
        r"recapito non riuscito per i seguenti destinatari o gruppi",
        r"bezorging is mislukt bij deze geadresseerden of groepen",
        r"falha na entrega a estes destinatários ou grupos",
        r"your message\s+to: .{0,400}was read on ",
        r"ihre nachricht\s+an: .{0,400}wurde am .{1,60}gelesen",
    ),
    re.IGNORECASE | re.DOTALL,
)

# Where the mail that is answered begins.
QUOTED: Final = re.compile(
    r"^(?:>|-{3,}|_{5,}|(?:on|am|le|el|il|op|em|dnia) .{1,120}:\s*$)", re.IGNORECASE | re.MULTILINE
)
