"""Message settings in the table: every version that was ever saved, none ever changed."""

from typing import Any

from kassa.core import stored
from kassa.messages import keys
from kassa.messages.settings.message_settings import MessageSettings
from kassa.platform import table


class SettingsVersions:
    """One merchant's settings, in all their versions."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def newest(self) -> MessageSettings:
        """Return the settings saved last; before anybody saved any, those that send nothing."""
        found = table.newest(keys.settings(self._merchant_id, 0).PK)
        if found is None:
            return MessageSettings()
        return stored.read_text(MessageSettings, found["document"])

    def puts(self, saved: MessageSettings) -> list[dict[str, Any]]:
        """Return the write that keeps settings under their version, if nobody took that number."""
        key = keys.settings(self._merchant_id, saved.version)
        document = stored.text(saved, exclude_none=True)
        item = key._asdict() | {"version": saved.version, "document": document}
        put = table.putting(item)
        return [{"Put": put}]
