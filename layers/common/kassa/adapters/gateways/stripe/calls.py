"""All that Stripe can be asked for, as `protocols.Calls` names it."""

from kassa.adapters.gateways.stripe.look_ups import look_up as look_up
from kassa.adapters.gateways.stripe.look_ups import payment_of as payment_of
from kassa.adapters.gateways.stripe.payouts import payouts as payouts
from kassa.adapters.gateways.stripe.refunds import find_refund as find_refund
from kassa.adapters.gateways.stripe.refunds import refund as refund
