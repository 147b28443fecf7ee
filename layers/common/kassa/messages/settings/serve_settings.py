"""The routes of message settings: who sends, to which staff, which messages, and when.

Finance saves them as it saves who sells, by the same function.
"""

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.http_api.api import OK, caller
from kassa.messages.settings.message_settings import MessageSettings, MessageSettingsDraft
from kassa.messages.settings.save_settings import SavedSettings, save_settings
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]


@routes.get(
    "/message-settings",
    operation_id="getMessageSettings",
    summary="How messages are sent",
    responses=OK,
)
def get_settings() -> MessageSettings:
    """Return the settings saved last; version 0 stands before that and sends nothing."""
    return SettingsVersions(settings().merchant_id).newest()


@routes.put(
    "/message-settings",
    operation_id="saveMessageSettings",
    summary="Save how messages are sent",
    responses=OK,
)
def put_settings(draft: MessageSettingsDraft) -> SavedSettings:
    """Save the settings as their next version; `warnings` say what won't be sent by them."""
    by, left_s = Actor.of(caller(routes)), time_left_s(routes.lambda_context)
    return save_settings(draft, settings().merchant_id, by, left_s)
