"""Save message settings as their next version; no version is ever changed."""

from collections.abc import Callable

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.model import Model
from kassa.messages.rendering.own_words import check_words
from kassa.messages.settings.message_settings import (
    MessageSettings,
    MessageSettingsDraft,
    SettingsWarning,
    warnings_of,
)
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 1.0  # kept back for answering


class SavedSettings(Model):
    """The version that says what was sent, and what won't be sent by it."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    settings: MessageSettings
    warnings: tuple[SettingsWarning, ...] = ()


def save_settings(
    draft: MessageSettingsDraft, merchant_id: str, by: Actor, time_left_s: Callable[[], float]
) -> SavedSettings:
    """Save what a person wrote; what is sent from now on follows it.

    Raises Unreadable listing what is wrong with the merchant's own words.
    """
    check_words(draft.words)
    saved = retry_on_conflict(lambda: _saved(draft, merchant_id, by), time_left_s, RESERVE_S)
    logger.info("message settings saved", version=saved.settings.version, is_new=saved.is_new)
    return saved


def _saved(draft: MessageSettingsDraft, merchant_id: str, by: Actor) -> SavedSettings:
    versions, warnings = SettingsVersions(merchant_id), warnings_of(draft)
    newest = versions.newest()
    if newest.version and _says(newest, draft):
        return SavedSettings(is_new=False, settings=newest, warnings=warnings)
    after = MessageSettings(version=newest.version + 1, saved_at=clock.now(), **dict(draft))
    act = Act(
        operation="message_settings.save",
        object_id=f"message_settings/{merchant_id}",
        by=by,
        before=str(newest.version) if newest.version else None,
        after=str(after.version),
    )
    audit_trail.save_version(versions.puts(after), act, "the message settings")
    return SavedSettings(is_new=True, settings=after, warnings=warnings)


def _says(newest: MessageSettings, draft: MessageSettingsDraft) -> bool:
    """Tell whether saving would only repeat the newest version, as a repeated request does."""
    if stored.has_unknown(newest):
        return False
    names = MessageSettingsDraft.model_fields
    return all(getattr(newest, name) == getattr(draft, name) for name in names)
