"""All that Stripe can be asked for, as `protocols.Calls` names it."""

from kassa.adapters.gateways.stripe.checkouts import find_checkout as find_checkout
from kassa.adapters.gateways.stripe.checkouts import open_checkout as open_checkout
from kassa.adapters.gateways.stripe.events import list_events as list_events
from kassa.adapters.gateways.stripe.look_ups import look_up as look_up
from kassa.adapters.gateways.stripe.look_ups import payment_of as payment_of
from kassa.adapters.gateways.stripe.payouts import payouts as payouts
from kassa.adapters.gateways.stripe.refunds import find_refund as find_refund
from kassa.adapters.gateways.stripe.refunds import refund as refund
