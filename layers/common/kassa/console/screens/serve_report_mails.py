"""Who gets which reports by mail: people added to the list, or taken off it.

It is one part of the message settings, saved by their own operation as their next version.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import ValidationError

from kassa.audit.trail import Actor
from kassa.console.render import redirect
from kassa.console.visit import Visit, visit_of
from kassa.core.errors import InvalidRequest, NotFound
from kassa.messages.settings.message_settings import (
    MessageSettings,
    MessageSettingsDraft,
    ReportMail,
)
from kassa.messages.settings.save_settings import save_settings
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]
ADD, REMOVE = "add-mail", "remove-mail"


@routes.post("/console/reports/<action>")
def post_mails(action: str) -> Response[str]:
    """Let somebody get reports by mail, or nobody any more of one line of the list."""
    visit, merchant_id = visit_of(routes), settings().merchant_id
    if action not in (ADD, REMOVE):
        raise NotFound(f"nobody can {action[:40]} reports here")
    saved = SettingsVersions(merchant_id).newest()
    mails = _with_one(saved, visit) if action == ADD else _without_one(saved, visit)
    by, left_s = Actor.of(visit.signed_in.caller), time_left_s(routes.lambda_context)
    kept = {name: getattr(saved, name) for name in MessageSettingsDraft.model_fields}
    save_settings(MessageSettingsDraft(**kept | {"reports": mails}), merchant_id, by, left_s)
    return redirect("/console/reports")


def _with_one(saved: MessageSettings, visit: Visit) -> tuple[ReportMail, ...]:
    """Return the list with what a form adds; raise InvalidRequest naming what can't be."""
    form = visit.form
    chosen = {
        name: [key.partition("-")[2] for key in sorted(form) if key.startswith(f"{name}-")]
        for name in ("periods", "reports")
    }
    addresses = form.get("to", "").replace(",", " ").split()
    try:
        return (*saved.reports, ReportMail.model_validate(chosen | {"to": addresses}))
    except ValidationError as error:
        first = error.errors()[0]
        field = str((*first["loc"], "reports")[0])
        raise InvalidRequest(f"{field}: {first['msg'].removeprefix('Value error, ')}") from None


def _without_one(saved: MessageSettings, visit: Visit) -> tuple[ReportMail, ...]:
    """Return the list without the line that a form names by what it says: others may be gone."""
    gone = visit.form.get("line", "")
    return tuple(one for one in saved.reports if one.line != gone)
