"""Settings: one field for each variable under Globals.Function.Environment in template.yaml."""

import os
from functools import cache
from urllib.parse import urlsplit

from kassa.core.model import Model

_HERE = ("127.0.0.1", "localhost", "::1")


class Settings(Model):
    """What the stack configures its functions with; secrets are only named here, never held."""

    table_name: str = ""
    events_queue_url: str = ""
    refunds_queue_url: str = ""
    invoices_queue_url: str = ""
    messages_queue_url: str = ""
    webhooks_queue_url: str = ""
    partners_queue_url: str = ""
    bus_name: str = ""
    bucket_name: str = ""
    secrets_prefix: str = ""
    stack_name: str = ""
    gateway_accounts: str = "stripe/main"  # what watch_gateways reads, parted by commas
    stripe_event_source: str = ""  # Stripe's partner event source, if events come by EventBridge
    stripe_event_account: str = "main"  # the account that those events are for
    pull_after_s: int = 300  # how old a balance transaction is pulled: webhooks come first
    refund_attempts_max: int = 10  # submissions of one refund; then a person decides
    refund_age_max_days: int = 365  # an older payment's refund is never submitted to the gateway
    undo_minutes_min: int = 5  # an approval can be undone that long, whatever a policy sets
    merchant_id: str = "main"
    merchant_name: str = ""
    merchant_address: str = ""  # lines joined by "|"
    merchant_tax_id: str = ""
    merchant_country: str = ""  # ISO 3166-1; without it no invoice states tax
    merchant_time_zone: str = "UTC"  # IANA
    week_starts_on: str = "monday"  # or sunday
    month_starts_on: int = 1  # to 28, of the months that reports are of
    mailed_reports: str = "daily"  # the periods whose reports are mailed, parted by commas
    merchant_language: str = "en"  # en or ja
    merchant_currency: str = "EUR"  # ISO 4217
    public_address: str = ""  # what links to us begin with, without a stroke at its end
    archive_days: int = 400
    console_sign_in: str = "off"  # or link, cognito, oidc: how people get into the console
    sign_in_issuer: str = ""  # who vouches for people, with cognito and oidc: an OIDC issuer
    sign_in_client_id: str = ""  # how that issuer knows us
    training: str = "no"  # yes: nothing outside of this machine is called (docs/training.md)
    trial_hosts: str = ""  # of this machine, with ports; never on AWS (docs/webhooks.md)

    @property
    def is_training(self) -> bool:
        """Whether people learn here: nothing outside of this machine is called then."""
        return self.training == "yes"

    def may_call(self, url: str | None) -> bool:
        """Tell whether an address may be called; none is a gateway's own, which is elsewhere."""
        return not self.is_training or urlsplit(url or "").hostname in _HERE


@cache
def settings() -> Settings:
    """Read the environment once; tests call `settings.cache_clear()`."""
    known = {name: os.environ.get(name.upper()) for name in Settings.model_fields}
    return Settings.model_validate({name: value for name, value in known.items() if value})
