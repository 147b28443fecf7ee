"""Customers' sessions in the table."""

from kassa.http_api.session_store import Sessions
from kassa.portal import keys
from kassa.portal.session import Session

SESSIONS = Sessions(Session, keys.session)
