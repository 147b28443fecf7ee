-- What the ledger says that gateways kept: all postings into and out of the account for fees.
SELECT currency,
       sum(CASE WHEN destination = 'gateway_fees' THEN amount_minor ELSE 0 END
           - CASE WHEN source = 'gateway_fees' THEN amount_minor ELSE 0 END)::BIGINT,
       sum(count)::BIGINT, list_sort(flatten(list(event_ids)))[:$traced_max] AS event_ids
FROM counted
WHERE source = 'gateway_fees' OR destination = 'gateway_fees'
GROUP BY ALL
ORDER BY ALL
