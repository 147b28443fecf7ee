# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of webhook endpoints.

Entity            PK                                       SK
Webhook endpoint  ENDPOINTS#<merchant_id>                  <endpoint_id>
Endpoint's circuit ENDPOINTCIRCUITS#<merchant_id>          <endpoint_id>
Replay            REPLAYS#<merchant_id>                    <endpoint_id>

Access pattern                            Method                  Served by
All endpoints of a merchant               Endpoints.listed        Query PK
An endpoint by its id                     Endpoints.find          GetItem, consistent
An endpoint entered, changed, disabled    Endpoints.add, .save    TransactWriteItems with the audit trail
Whether an endpoint is left alone         CircuitBreaker          GetItem, UpdateItem
A replay, one at a time an endpoint       Replays.start, .advance  TransactWriteItems, PutItem on the version read
"""

from kassa.platform.keys import Key


def endpoint(merchant_id: str, endpoint_id: str) -> Key:
    """Return the key of an endpoint."""
    return Key(f"ENDPOINTS#{merchant_id}", endpoint_id)


def circuit(merchant_id: str, endpoint_id: str) -> Key:
    """Return the key of an endpoint's circuit."""
    return Key(f"ENDPOINTCIRCUITS#{merchant_id}", endpoint_id)


def replay(merchant_id: str, endpoint_id: str) -> Key:
    """Return the key of an endpoint's latest replay."""
    return Key(f"REPLAYS#{merchant_id}", endpoint_id)
