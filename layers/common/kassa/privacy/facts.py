"""What is published of privacy: that somebody was erased, so that whoever else holds them hears."""

from typing import Literal

from kassa.core.facts import FactData


class CustomerErased(FactData):
    """A customer was erased; whoever was told of them must erase them too.

    It names them by the shop's id, the same by which they were told of before.
    """

    fact: Literal["CustomerErased"] = "CustomerErased"
    customer_id: str
