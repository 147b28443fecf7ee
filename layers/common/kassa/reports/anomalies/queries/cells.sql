-- How often each account said what, by local day and hour: the days before from their rollups, the
-- period's own from its facts. Balance transactions are pulled by us, so they say nothing.
WITH reported AS (
    SELECT getvariable('day_of_quarter')[1 + (epoch_us(booked_at) - getvariable('starts_us')) // 900000000] AS day,
           getvariable('hour_of_quarter')[1 + (epoch_us(booked_at) - getvariable('starts_us')) // 900000000] AS hour,
           gateway, account, coalesce(method, 'unknown') AS method, fact, currency, amount_minor
    FROM facts
    WHERE gateway <> 'kassa' AND fact <> 'BalanceTransactionBooked'
)
SELECT day, hour, gateway, account, method, fact, currency, count(*)::BIGINT AS count,
       sum(amount_minor)::BIGINT AS amount_minor
FROM reported
GROUP BY day, hour, gateway, account, method, fact, currency
UNION ALL
$past
ORDER BY ALL
