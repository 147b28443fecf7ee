"""Who calls an operation: the API key that was shown, and the person it belongs to, if any."""

from kassa.core.model import Model
from kassa.people.api_keys import Scope


class Caller(Model):
    """Who acts, as the authorizer proved it; it holds ids only.

    A key without a person is a machine's, or was made before persons were.
    """

    key_id: str
    person_id: str | None = None
    scopes: frozenset[Scope] = frozenset()  # what the key may do, as its person's roles stand now
    is_sole: bool = False  # a shop of one: there is no second person to ask

    @property
    def actor_id(self) -> str:
        """Return who acted, as it is recorded and compared: a person, whatever key they used.

        Where there is no person, the key's own id stands for one.
        """
        return self.person_id or self.key_id
