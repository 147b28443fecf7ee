-- What became of each customer's agreements between two days, by kind of movement; a year's minor
-- units. Who was erased counts as money, and as nobody.
WITH first_paid AS (
    SELECT customer_id, currency, min(day) AS day
    FROM renewals
    WHERE renewals > 0
    GROUP BY customer_id, currency
),
sums AS (
    SELECT customer_id, currency,
           sum(CASE WHEN closing = getvariable('opens_on') THEN year_minor ELSE 0 END) AS opening,
           sum(CASE WHEN closing = getvariable('ends_on') THEN year_minor ELSE 0 END) AS closing
    FROM standing
    WHERE closing IN (getvariable('opens_on'), getvariable('ends_on'))
    GROUP BY customer_id, currency
),
moved AS (
    SELECT customer_id, currency, closing - opening AS year_minor,
           CASE WHEN opening = 0 AND first_paid.day > getvariable('opens_on') THEN 'new'
                WHEN opening = 0 THEN 'reactivation'
                WHEN closing = 0 THEN 'churn'
                WHEN closing > opening THEN 'expansion'
                ELSE 'contraction' END AS movement
    FROM sums JOIN first_paid USING (customer_id, currency)
    WHERE opening <> closing
)
SELECT currency, movement, sum(year_minor)::BIGINT,
       count(*) FILTER (customer_id NOT IN (SELECT customer_id FROM customers WHERE erasures > 0))
FROM moved
GROUP BY currency, movement
ORDER BY currency, movement
