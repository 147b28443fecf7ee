SELECT datediff('day', CAST('$first_day' AS DATE), day) AS day, hour, gateway, account,
       coalesce(method, 'unknown') AS method, fact, currency, sum(count)::BIGINT AS count,
       sum(amount_minor)::BIGINT AS amount_minor
FROM read_parquet(getvariable('rollup_files'), union_by_name = true)
WHERE kind IS NULL AND gateway <> 'kassa' AND fact <> 'BalanceTransactionBooked'
  AND day < CAST('$first_day' AS DATE) AND day >= CAST('$first_day' AS DATE) - $days
GROUP BY day, hour, gateway, account, coalesce(method, 'unknown'), fact, currency
