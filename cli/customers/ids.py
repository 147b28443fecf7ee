"""How a customer is named at the command line."""

from typing import Annotated

import typer

CustomerId = Annotated[
    str, typer.Argument(metavar="CUSTOMER_ID", help="The shop's; a guest's is order:ORDER_ID.")
]
