"""A saved view: a filter of payments under a name of its person's. Its day is always today's."""

from pydantic import Field

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model

NAME_MAX = 60
VIEWS_MAX = 20  # of a person


class SavedView(Model):
    """A filter, and what its person calls it."""

    name: str = Field(min_length=1, max_length=NAME_MAX)
    gateway: str | None = None
    status: str | None = None
    currency: str | None = None


class SavedViews(Model):
    """All views of a person, in the order in which they were saved first."""

    views: tuple[SavedView, ...] = ()

    def having(self, view: SavedView) -> "SavedViews":
        """Return them with one more; one of the same name takes the place of the one before."""
        named = {one.name: one for one in self.views} | {view.name: view}
        if len(named) > VIEWS_MAX:
            raise InvalidRequest(f"name: {VIEWS_MAX} views are kept: forget one first")
        return SavedViews(views=tuple(named.values()))

    def without(self, name: str) -> "SavedViews":
        """Return them without the one of a name."""
        return SavedViews(views=tuple(one for one in self.views if one.name != name))
