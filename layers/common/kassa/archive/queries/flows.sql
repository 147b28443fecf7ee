-- The ledger of the period: what moved from where to where.
SELECT currency, kind, source, destination, sum(amount_minor), sum(postings)::BIGINT,
       list_sort(flatten(list(event_ids)))
FROM moved
GROUP BY ALL
ORDER BY ALL
