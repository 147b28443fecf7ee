"""A shop's year of facts, made from a seed, in which every anomaly is planted on purpose.

    from tests.support.golden_shop.shop import golden_shop

    shop = golden_shop(payments=3_000)      # two seconds a 10,000 payments; the same every time
    shop.facts                              # AnyFact with real postings, in the order of booking
    shop.planted                            # what is wrong with the shop, and where: `Planted`
    shop.contracts                          # what each gateway should charge, and from when
    for arrival in shop.arrivals():         # as they reach the archive: some late, some twice
        archive_facts(arrival.facts)        # ... at arrival.at

`setting.payments` is about how many captures a year has. Alarms need traffic to stand out from:
count recall and false alarms at 20,000 or more. `stream(setting)` yields the same facts without
keeping them, for a bench of millions; `recount.py` works every figure of a period's transaction
summary out a second way, from the facts alone.

How to count alarms against `shop.planted`: each record names its `kind`, the instants it lies
between, the payments or invoices it is about (`subject_ids`) and the events behind it. An alarm
hits a record where the kind is the same and the two share a subject (or, for what is about a
gateway's hours, lie in the same hours). An alarm that hits none is false, unless it falls into a
`SALE_DAY`, which is loud and nobody's fault. What looks alike and is fine is there too: monthly
subscriptions of one amount, a retry after one decline, a contract that changes, a quiet holiday.
"""
