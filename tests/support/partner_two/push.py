"""The shop as a partner: finds and writes its tags; `ports.Partner` says what its methods do."""

from collections.abc import Sequence
from datetime import timedelta

from kassa.partners.ports import Answer, FactContext, Held, Record, Traits
from tests.support.partner_two import client, records
from tests.support.partner_two.errors import answer_of


def connected(merchant_id: str) -> list["ShopPartner"]:
    """Return the one shop that a merchant has."""
    return [ShopPartner()]


class ShopPartner:
    name = "shop"
    turn = timedelta(milliseconds=100)

    def kinds_of(self, fact: str) -> Sequence[str]:
        return ["tag"] if fact in records.TAGS else []

    def traits(self, kind: str) -> Traits | None:
        takes = timedelta(seconds=5)
        return Traits(True, True, settles=timedelta(minutes=1), request_takes=takes)

    def record(self, kind: str, context: FactContext) -> Record:
        return records.tag(context)

    def look_up(self, record: Record, partner_id: str | None) -> Held | Answer | None:
        found = client.shop().tag_of(record.key)
        return Held(version=found["version"]) if found else None

    def upsert(self, record: Record, held: Held | None) -> Answer:
        return answer_of(client.shop().set_tag(record.key, record.fields))
