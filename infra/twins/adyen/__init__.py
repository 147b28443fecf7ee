"""The twin of Adyen: its payments, webhooks, disputes and reports, from its documentation.

`twin.AdyenTwin` is the whole model and pure; `python -m infra.twins.adyen` serves it over HTTP.
"""
