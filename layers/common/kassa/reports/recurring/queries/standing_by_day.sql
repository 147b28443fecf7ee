-- As the fourth layout of manifests has it. What each customer's agreements come to in a year on each of some days. The last payment of an
-- agreement counts until the next is due; not where it was taken back since.
CREATE TEMP TABLE standing AS
WITH coverage AS (
    SELECT unnest(getvariable('paid_on')) AS day, unnest(getvariable('intervals')) AS recurring,
           unnest(getvariable('until')) AS until, unnest(getvariable('times')) AS times,
           unnest(getvariable('of')) AS of_intervals
),
closings AS (
    SELECT unnest(getvariable('closings')) AS closing
),
newest AS (
    SELECT closing, customer_id, currency, agreement, max(day) AS day
    FROM renewals CROSS JOIN closings
    WHERE day <= closing AND renewals > 0
    GROUP BY closing, customer_id, currency, agreement
),
counted AS (
    SELECT newest.*, renewals.recurring, renewals.renewals, renewals.renewed_minor
    FROM newest JOIN renewals USING (customer_id, currency, agreement, day)
),
returned AS (
    SELECT counted.closing, customer_id, currency, agreement, -sum(back.renewals) AS times
    FROM counted JOIN renewals AS back USING (customer_id, currency, agreement)
    WHERE back.renewals < 0 AND back.day >= counted.day AND back.day <= counted.closing
    GROUP BY counted.closing, customer_id, currency, agreement
)
SELECT counted.closing, customer_id, currency, counted.recurring,
       (2 * renewed_minor * coverage.times + of_intervals) // (2 * of_intervals) AS year_minor
FROM counted
JOIN coverage USING (day, recurring)
LEFT JOIN returned USING (closing, customer_id, currency, agreement)
WHERE coverage.until >= counted.closing AND coalesce(returned.times, 0) < counted.renewals
