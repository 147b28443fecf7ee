-- The ledger of the period: what moved from where to where. Of a long list of events each step's and
-- method's first ones are kept of captures.
WITH moved AS (
    SELECT currency, kind, source, destination,
           CASE WHEN kind = 'capture' THEN step END AS step,
           CASE WHEN kind = 'capture' THEN published END AS method,
           sum(amount_minor) AS amount_minor, sum(count) AS postings,
           list_sort(flatten(list(event_ids)))[:$traced_max] AS event_ids
    FROM counted
    WHERE kind IS NOT NULL
    GROUP BY ALL
)
SELECT currency, kind, source, destination, sum(amount_minor), sum(postings)::BIGINT,
       list_sort(flatten(list(event_ids)))
FROM moved
GROUP BY ALL
ORDER BY ALL
