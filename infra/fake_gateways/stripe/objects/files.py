"""Files as evidence: only some types, and never too large."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.forms import Field
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import in_execution
from infra.fake_gateways.stripe.api.parameters import Params

_BEGINS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}
SIZE_MAX = 5_000_000


def create(account: Account, _: str, params: Params) -> Body:
    """Keep a file; what it is, its bytes say."""
    file = params.get("file")
    if params.get("purpose") != "dispute_evidence" or not isinstance(file, Field):
        raise in_execution("A file of this purpose isn't taken here.")
    kind = next((name for begin, name in _BEGINS.items() if file.content.startswith(begin)), None)
    if kind is None:
        raise in_execution("The file type is not supported for dispute_evidence.")
    if len(file.content) > SIZE_MAX:
        raise in_execution("The file is too large for dispute_evidence.")
    made: Body = {
        "id": account.new_id("file"),
        "object": "file",
        "created": account.now_s(),
        "filename": file.filename,
        "purpose": "dispute_evidence",
        "size": len(file.content),
        "type": kind,
        "url": None,
    }
    account.files[made["id"]] = made
    return made
