"""The topics, as the contract lists them."""

from schemas import topics
from schemas.vocabulary import Kind, RiskClass

LISTED = [
    "messages.inbound",
    "messages.priority",
    "messages.deferred",
    "intents.routed",
    "intents.escalated",
    "intents.clarify",
    "intents.refused",
    "intents.replies",
    "intents.ignored",
    "intents.audit",
    "messages.dead",
    "feedback.decisions",
    "context.updates",
    "catalog",
]


def test_all_topics_of_the_contract_are_there() -> None:
    assert [topic.name for topic in topics.ALL] == LISTED
    assert all(topic.carries for topic in topics.ALL)


def test_every_kind_of_answer_has_a_topic_of_its_own() -> None:
    assert topics.ANSWERS.keys() == set(Kind)
    assert len(set(topics.ANSWERS.values())) == len(Kind)
    assert set(topics.ANSWERS.values()) < set(LISTED)


def test_the_prefix_of_an_installation_is_on_all_of_them() -> None:
    names = topics.named("eu.")
    assert names.answers[Kind.REJECTED] == "eu.messages.dead"
    assert names.audit == "eu.intents.audit"
    assert topics.named().answers == topics.ANSWERS


def test_facts_and_catalogs_are_compacted_everything_else_ends() -> None:
    compacted = {topic.name for topic in topics.ALL if topic.config["cleanup.policy"] == "compact"}
    assert compacted == {"context.updates", "catalog"}
    for topic in topics.ALL:
        assert (topic.name in compacted) != ("retention.ms" in topic.config)


def test_the_audit_is_kept_half_a_year() -> None:
    (audit,) = [topic for topic in topics.ALL if topic.name == topics.AUDIT]
    assert int(audit.config["retention.ms"]) >= 183 * 24 * 3600 * 1000


def test_whatever_came_in_fits_where_it_goes_out() -> None:
    limits = {topic.name: int(topic.config["max.message.bytes"]) for topic in topics.ALL}
    inbound = max(limits[lane.name] for lane in topics.LANES)
    assert all(limits[name] >= 2 * inbound for name in (*topics.ANSWERS.values(), topics.AUDIT))


def test_risk_is_a_ladder() -> None:
    assert [risk.rung for risk in RiskClass] == [0, 1, 2, 3, 4]
    assert (
        RiskClass.READ_ONLY.rung
        < RiskClass.LOCAL_WRITE.rung
        < RiskClass.NETWORK.rung
        < RiskClass.DELEGATED.rung
    )
    assert max(RiskClass, key=lambda risk: risk.rung) is RiskClass.DESTRUCTIVE
