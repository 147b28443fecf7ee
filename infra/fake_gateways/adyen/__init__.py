"""The fake Adyen: its payments, webhooks, disputes and reports, from its documentation.

`model.FakeAdyen` is the whole of it and pure; `python -m infra.fake_gateways.adyen` serves it.
"""
