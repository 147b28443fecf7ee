"""Staff's sessions in the table."""

from kassa.console.sign_in import keys
from kassa.console.sign_in.session import StaffSession
from kassa.http_api.session_store import Sessions

SESSIONS = Sessions(StaffSession, keys.session)
