"""The fake Stripe: its objects, rules, events and errors, written from its documentation.

`model.FakeStripe` is the whole of it and pure; `python -m infra.fake_gateways.stripe` serves it,
`in_process.InProcessHttpClient` gives it to the official client without a network.
"""
