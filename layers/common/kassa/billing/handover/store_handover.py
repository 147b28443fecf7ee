"""Store a month's hand-over in the bucket: once, by schedule, or when a month is asked for."""

from typing import Any

from kassa.billing.handover.build_handover import build_handover
from kassa.billing.handover.month import Month
from kassa.billing.handover.upload_store import HandoverUpload
from kassa.core.errors import StaleWrite
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger


def store_handover(month: str | None, time_left_s: TimeLeft) -> dict[str, Any]:
    """Build the archive of a month, the last one that is over by default, unless it stands.

    Returns where it stands, and whether it is built; if it isn't, the next call goes on. Raises
    InvalidRequest for what is no month, or one that goes on.
    """
    merchant = Merchant.from_settings(settings().model_dump())
    of = Month.parse(month) if month else Month.before(merchant.day_of(clock.now()))
    upload = HandoverUpload(merchant.merchant_id, of)
    answer = {"month": str(of), "key": upload.key}
    if upload.is_built:
        return answer | {"is_built": True}
    try:
        built = build_handover(of, merchant, upload, time_left_s)
    except StaleWrite as error:
        logger.info("hand-over left to another", month=str(of), reason=str(error))
        return answer | {"is_built": False}
    if built is None:
        return answer | {"is_built": False}
    if built.lacking:
        count("HandoverLacks")
    logger.info(
        "hand-over built",
        month=str(of),
        documents=built.documents,
        lacking=[f"{one.number}.{one.form}" for one in built.lacking],
        manifest_sha256=built.manifest_sha256,
    )
    return answer | {"is_built": True, "manifest_sha256": built.manifest_sha256}
