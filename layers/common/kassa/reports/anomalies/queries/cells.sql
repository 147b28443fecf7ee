-- How often each account said what, by local day and hour: the days before from their rollups, the
-- period's own from its facts. Balance transactions are pulled by us, so they say nothing.
SELECT day, hour, gateway, account, coalesce(published, 'unknown') AS method, fact, currency,
       sum(count)::BIGINT AS count, sum(amount_minor)::BIGINT AS amount_minor
FROM counted
WHERE kind IS NULL AND gateway <> 'kassa' AND fact <> 'BalanceTransactionBooked'
GROUP BY day, hour, gateway, account, coalesce(published, 'unknown'), fact, currency
UNION ALL
$past
ORDER BY ALL
