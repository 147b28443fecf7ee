"""All that Stripe can be asked for, as `protocols.Calls` names it."""

from kassa.gateways.stripe.checkouts import find_checkout as find_checkout
from kassa.gateways.stripe.checkouts import open_checkout as open_checkout
from kassa.gateways.stripe.event_list import list_events as list_events
from kassa.gateways.stripe.look_up import look_up as look_up
from kassa.gateways.stripe.look_up import payment_of as payment_of
from kassa.gateways.stripe.payouts import payouts as payouts
from kassa.gateways.stripe.refunds import find_refund as find_refund
from kassa.gateways.stripe.refunds import refund as refund
