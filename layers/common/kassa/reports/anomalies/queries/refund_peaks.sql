-- The busiest two hours of refunds of each account and day of the period.
WITH sent AS (
    SELECT gateway, account, occurred_us AS at_us,
           getvariable('day_of_quarter')[1 + (booked_us - getvariable('starts_us')) // 900000000] AS day
    FROM narrow
    WHERE fact = 'RefundSucceeded'
),
within AS (
    SELECT gateway, account, day, at_us, count(*) OVER (
               PARTITION BY gateway, account ORDER BY at_us
               RANGE BETWEEN $within_us PRECEDING AND CURRENT ROW
           ) AS refunds
    FROM sent
)
SELECT gateway, account, day, max(refunds), min(at_us) FILTER (refunds = peak)
FROM (SELECT *, max(refunds) OVER (PARTITION BY gateway, account, day) AS peak FROM within)
GROUP BY gateway, account, day
HAVING max(refunds) >= $refunds_min
ORDER BY ALL
