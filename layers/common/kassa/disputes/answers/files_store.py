"""Files and answers of disputes in the bucket, each under its dispute and by its own hash."""

import json
from hashlib import sha256

from kassa.disputes.answers.answering import AnswerBody, FileBody, Held
from kassa.disputes.answers.evidence import Known
from kassa.disputes.dispute import Dispute, KeptFile
from kassa.platform import documents

_ID_DIGITS = 16


def keep_file(dispute: Dispute, body: FileBody, content_type: str, by: str) -> KeptFile:
    """Store a file; the same bytes have one place, however often they are sent."""
    file_id = sha256(body.content_base64).hexdigest()[:_ID_DIGITS]
    documents.store(_key(dispute, file_id), body.content_base64, content_type)
    return KeptFile(
        file_id=file_id,
        name=body.name,
        kind=body.kind,
        content_type=content_type,
        size=len(body.content_base64),
        added_by=by,
    )


def read_held(dispute: Dispute, known: Known) -> Held:
    """Return all that is held of a dispute; a file whose time in the bucket is over isn't."""
    invoice = documents.find(known.invoice_key) if known.invoice_key else None
    found = ((one, documents.find(_key(dispute, one.file_id))) for one in dispute.files)
    files = tuple((one, content) for one, content in found if content is not None)
    return Held(known, invoice, files)


def keep_answer(dispute: Dispute, body: AnswerBody, by: str) -> str:
    """Store what a person answers, before it is sent; return its digest."""
    text = json.dumps({"by": by, "body": body.model_dump(mode="json")}, sort_keys=True).encode()
    digest = sha256(text).hexdigest()[:_ID_DIGITS]
    documents.store(_key(dispute, f"answer-{digest}.json"), text, "application/json")
    return digest


def _key(dispute: Dispute, name: str) -> str:
    return f"disputes/{dispute.merchant_id}/{dispute.path}/{name}"
