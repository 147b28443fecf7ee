-- What each customer's agreements come to in a year on each of some days. The newest payment of an
-- agreement that wasn't taken back by then counts until the next is due.
CREATE TEMP TABLE standing AS
WITH coverage AS (
    SELECT unnest(getvariable('paid_on')) AS day, unnest(getvariable('intervals')) AS recurring,
           unnest(getvariable('until')) AS until, unnest(getvariable('times')) AS times,
           unnest(getvariable('of')) AS of_intervals
),
closings AS (
    SELECT unnest(getvariable('closings')) AS closing
),
collected AS (
    SELECT closing, customer_id, currency, agreement, payment,
           max(day) FILTER (renewals > 0) AS day,
           max_by(recurring, day) FILTER (renewals > 0) AS recurring,
           max_by(renewed_minor, day) FILTER (renewed_minor > 0) AS renewed_minor
    FROM renewals CROSS JOIN closings
    WHERE day <= closing
    GROUP BY closing, customer_id, currency, agreement, payment
    HAVING sum(renewals) > 0
),
newest AS (
    SELECT closing, customer_id, currency, agreement, max(day) AS day
    FROM collected
    GROUP BY closing, customer_id, currency, agreement
),
counted AS (
    SELECT closing, customer_id, currency, agreement, day, max(recurring) AS recurring,
           max(renewed_minor) AS renewed_minor
    FROM newest JOIN collected USING (closing, customer_id, currency, agreement, day)
    GROUP BY closing, customer_id, currency, agreement, day
)
SELECT closing, customer_id, currency, recurring,
       (2 * renewed_minor * coverage.times + of_intervals) // (2 * of_intervals) AS year_minor
FROM counted
JOIN coverage USING (day, recurring)
WHERE coverage.until >= closing
