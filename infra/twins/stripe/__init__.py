"""The twin of Stripe: its objects, rules, events and errors, written from its documentation.

`twin.StripeTwin` is the whole model and pure; `python -m infra.twins.stripe` serves it over HTTP,
`in_process.TwinHttpClient` gives it to the official client without a network.
"""
