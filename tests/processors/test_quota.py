"""What is beyond a quota is sent on whole; it is answered, audited where it is read next."""

import msgspec
import pytest

from processors.book import book
from processors.decode import decode
from processors.defer import defer
from processors.desk import Desk, Limits
from processors.flow import Answers, Contexts, Decoded, Headers, Message, Record, Source
from processors.pipeline import answer
from processors.postmark import postmark
from processors.quota import claims
from processors.score import ConstantScorer
from schemas import deferral
from schemas.audit import AuditRecord
from schemas.catalog import Quota, Snapshot
from schemas.topics import AUDIT, DEFERRED, INBOUND
from schemas.vocabulary import Flag, Mode, Passage, Wait
from tests.processors.conformance import check
from tests.processors.samples import NOW, RECEIVED, batch, decoded, record, snapshot, written

OWN: Headers = (("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("x", None))
HELD = Contexts(held={Source(INBOUND, 3, 7): Wait.QUOTA_EXCEEDED})


def limited(quota: Quota | None = None, mode: Mode = Mode.DECIDE) -> Desk:
    """A desk whose default tenant has a quota."""
    plain = snapshot()
    catalog = msgspec.structs.replace(plain.catalog, quota=quota or Quota(per_second=5))
    return Desk(books={"default": book(Snapshot(catalog, "hash"))}, now=NOW, mode=mode)


def answered(of: Decoded, contexts: Contexts) -> Answers:
    return answer(of, contexts, ConstantScorer(), limited())


def sent_on(original: Record) -> Record:
    """The record as it is read in the deferred lane."""
    ((event,),) = answered(decoded(original), HELD).per_record
    return Record(Source(DEFERRED, 1, 99), event.key, event.value, tuple(event.headers), 0)


def audited(answers: Answers) -> AuditRecord:
    (events,) = answers.per_record
    (line,) = [event for event in events if event.topic == AUDIT]
    return msgspec.json.decode(line.value or b"", type=AuditRecord)


def test_every_message_of_a_tenant_with_a_quota_takes_of_it() -> None:
    of = decoded(record(written()), record(written(tenant="unheard-of"), offset=8), record(b"{", offset=9))
    (claim,) = claims(of, limited(Quota(per_second=2.5)))
    assert (claim.tenant, claim.per_second, claim.burst) == ("default", 2.5, 3)
    assert (claim.source, claim.conversation) == (Source(INBOUND, 3, 7), "c-42")


@pytest.mark.parametrize(
    ("quota", "burst"), [(Quota(0.1), 1), (Quota(5), 5), (Quota(5, burst=7), 7), (Quota(1.2), 2)]
)
def test_a_burst_is_what_a_second_brings_unless_it_is_said(quota: Quota, burst: int) -> None:
    (claim,) = claims(decoded(record()), limited(quota))
    assert claim.burst == burst


def test_who_only_watches_takes_nothing() -> None:
    assert claims(decoded(record()), limited(mode=Mode.OBSERVE)) == ()


def test_what_was_deferred_has_paid_before_it_is_read() -> None:
    assert claims(decoded(sent_on(record())), limited()) == ()


def test_a_record_is_sent_on_whole_saying_why_and_from_where() -> None:
    original = record(headers=OWN)
    answers = answered(decoded(original), HELD)
    ((event,),) = answers.per_record
    assert (event.topic, event.key, event.value) == (DEFERRED, original.key, original.value)
    assert tuple(event.headers[: len(OWN)]) == OWN
    said = dict(event.headers)
    assert said[deferral.REASON] == b"quota_exceeded"
    assert (said[deferral.TOPIC], said[deferral.PARTITION], said[deferral.OFFSET]) == (
        b"messages.inbound",
        b"3",
        b"7",
    )
    assert set(deferral.HEADERS) <= set(said)
    assert answers.outcomes == ((Passage.DEFERRED, Wait.QUOTA_EXCEEDED),)


def test_sending_on_is_no_answer_so_nothing_is_audited() -> None:
    ((event,),) = answered(decoded(record()), HELD).per_record
    assert event.topic != AUDIT


def test_where_it_is_answered_its_audit_names_where_it_was_first_read() -> None:
    line = audited(answered(decoded(sent_on(record())), Contexts()))
    assert (line.source, line.observed.origin) == (Source(DEFERRED, 1, 99), Source(INBOUND, 3, 7))


def test_its_default_id_is_that_of_its_first_place() -> None:
    line = audited(answered(decoded(sent_on(record())), Contexts()))
    assert line.message_id == audited(answered(decoded(record()), Contexts())).message_id


def test_it_is_decided_as_it_would_have_been_at_once() -> None:
    late = audited(answered(decoded(sent_on(record())), Contexts()))
    at_once = audited(answered(decoded(record()), Contexts()))
    assert (late.kind, late.intent, late.confidence) == (at_once.kind, at_once.intent, at_once.confidence)
    assert at_once.observed.origin is None


def test_a_record_that_just_fits_is_not_made_too_large_by_our_headers() -> None:
    original = record(written(text="x" * 1000), headers=OWN)
    size = len(original.value or b"") + len(original.key or b"") + sum(len(n) + len(v or b"") for n, v in OWN)
    (late,) = decode(batch(sent_on(original)), Limits(record_bytes=size)).items
    (at_once,) = decode(batch(original), Limits(record_bytes=size)).items
    assert isinstance(late, Message)
    assert isinstance(at_once, Message)


def test_deferred_again_it_says_only_the_last_reason() -> None:
    redriven = record(headers=tuple(sent_on(record()).headers))
    names = [name for name, _ in sent_on(redriven).headers]
    assert [names.count(name) for name in deferral.HEADERS] == [1] * len(deferral.HEADERS)


@pytest.mark.parametrize("spoiled", [b"", b"-1", b"x", None, "²".encode()])
def test_headers_that_name_no_place_are_not_believed(spoiled: bytes | None) -> None:
    headers = tuple((n, spoiled if n == deferral.OFFSET else v) for n, v in sent_on(record()).headers)
    (item,) = decoded(Record(Source(DEFERRED, 1, 99), None, written(), headers, 0)).items
    assert isinstance(item, Message)
    assert item.origin is None


def test_in_another_lane_the_headers_say_nothing() -> None:
    (item,) = decoded(record(headers=tuple(sent_on(record()).headers))).items
    assert isinstance(item, Message)
    assert item.origin is None


def test_a_rejection_in_the_deferred_lane_says_where_it_was_first_read() -> None:
    broken = msgspec.structs.replace(sent_on(record()), value=b"{")
    assert audited(answered(decoded(broken), Contexts())).observed.origin == Source(INBOUND, 3, 7)


def test_a_quota_that_nobody_could_count_is_flagged() -> None:
    line = audited(answered(decoded(record()), Contexts(metered=False)))
    assert line.flags == (Flag.CONTEXT_MISSING,)


def test_the_others_of_the_batch_are_answered_in_their_places() -> None:
    answers = answered(decoded(record(offset=6), record(offset=7), record(offset=8)), HELD)
    assert [len(events) for events in answers.per_record] == [2, 1, 2]


def test_deferring_passes_the_check_of_every_step() -> None:
    messages = [item for item in decoded(record(offset=6), record()).items if isinstance(item, Message)]
    mark = postmark(RECEIVED, limited())
    check(lambda some: defer(some, HELD, mark), messages)
