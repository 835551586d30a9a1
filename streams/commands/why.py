"""`intents why`: why a message went where it went."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from streams.commands.moment import Moment
from streams.settings import Settings, read

if TYPE_CHECKING:
    from schemas.events import Source
    from streams.operations.audit_reading import Reader

GONE = "no longer in Kafka"


@click.command()
@click.argument("id")
@click.option(
    "--message", is_flag=True, help="ID is the message's own, so all of the audit since then is read."
)
@click.option("--since", type=Moment(), default="1d", show_default=True,
              help="How far back to look for a message's own id: RFC 3339, or 30m, 2h, 7d ago.")  # fmt: skip
@click.option("--text", is_flag=True, help="Show what the customer wrote too, where Kafka still has it.")
@click.option("--json", "as_json", is_flag=True, help="Print the audit record as it lies there.")
def why(id: str, message: bool, since: datetime, text: bool, as_json: bool) -> None:
    """Say why a message went where it went: who was asked, in what order, what each said, what was known.

    ID is that of an answer or an audit record, or just TOPIC/PARTITION/OFFSET of the message. The audit has no
    text of the customer; --text fetches it from where it came in.

    \b
    Examples:
      intents why messages.inbound/3/117/routed/0
      intents why messages.inbound/3/117 --text
      intents why m-4711 --message --since 7d
    """
    from streams.commands.plainly import plainly
    from streams.operations.admin import connect
    from streams.operations.audit_reading import Reader

    settings = read()
    with plainly():
        connect(settings)
        with Reader(settings) as reader:
            found = _by_message(settings, id, since) if message else [_by_place(settings, reader, id)]
            for number, value in enumerate(found):
                if number:
                    click.echo()
                _tell(settings, reader, value, text, as_json)


def _by_place(settings: Settings, reader: "Reader", name: str) -> bytes:
    """The audit record of a place; where there is none, why."""
    from schemas.topics import AUDIT
    from streams.commands.waiting import waiting
    from streams.operations.admin import BrokerError
    from streams.operations.audit_reading import source_of
    from streams.operations.audit_search import Gap
    from streams.operations.unanswered import absent

    source = source_of(settings, name)
    span = reader.span(settings.topic_prefix + AUDIT, source.partition)
    with waiting("searching the audit", max(span[1] - span[0], 1)) as narrowed:
        found = reader.entry(source, span, narrowed)
    if isinstance(found, Gap):
        raise BrokerError(absent(settings, reader, source, found, span[0]))
    return found.value


def _by_message(settings: Settings, name: str, since: datetime) -> list[bytes]:
    """Every audit record of a message's own id."""
    from contextlib import ExitStack

    from streams.commands.waiting import waiting
    from streams.operations.admin import BrokerError
    from streams.operations.audit_reading import of_message

    with ExitStack() as bars:
        found = of_message(
            settings,
            name,
            int(since.timestamp() * 1000),
            lambda total: bars.enter_context(waiting("reading the audit", total)),
        )
    if not found:
        raise BrokerError(
            f"no message {name!r} was decided since {since:%Y-%m-%d %H:%M} UTC; look further back with --since"
        )
    return found


def _tell(settings: Settings, reader: "Reader", value: bytes, text: bool, as_json: bool) -> None:
    """One record: as it lies there, or in words."""
    import msgspec

    from processors.explain import explain
    from schemas.audit import AuditRecord
    from streams.catalogs.versions import book_of
    from streams.commands.tables import show

    if as_json:
        return click.echo(msgspec.json.format(value))
    line = msgspec.json.decode(value, type=AuditRecord)
    rows = [(each.about, each.words) for each in explain(line, book_of(settings, line))]
    show(("", "WHY"), [*rows, *([("text", _text(reader, line.source))] if text else [])])


def _text(reader: "Reader", source: "Source") -> str:
    """What the customer wrote, where the record still lies."""
    from streams.operations.original import text_of

    found = reader.record(source)
    return GONE if found is None else text_of(found)
