-- What the ledger says that gateways kept: all postings into and out of the account for fees.
SELECT posting.currency,
       sum(CASE WHEN posting.destination = 'gateway_fees' THEN posting.amount_minor ELSE 0 END
           - CASE WHEN posting.source = 'gateway_fees' THEN posting.amount_minor ELSE 0 END)::BIGINT,
       count(*), $traced AS event_ids
FROM (SELECT event_id, unnest(postings) AS posting FROM facts)
WHERE posting.source = 'gateway_fees' OR posting.destination = 'gateway_fees'
GROUP BY ALL
ORDER BY ALL
