-- Payers by how recently and how often they paid, each from one to five, and by money.
WITH cuts AS (
    SELECT unnest(getvariable('cut_currencies')) AS currency, unnest(getvariable('days')) AS days,
           unnest(getvariable('times')) AS times, unnest(getvariable('minor')) AS minor
),
scored AS (
    SELECT customer_id, currency, any_value(year_minor) AS year_minor,
           5 - count(*) FILTER (date_diff('day', last_paid_on, getvariable('ends_on')) > days)
               AS recency,
           1 + count(*) FILTER (year_payments > times) AS frequency,
           1 + count(*) FILTER (year_minor > minor) AS money
    FROM people JOIN cuts USING (currency)
    GROUP BY customer_id, currency
)
SELECT currency, recency::BIGINT, frequency::BIGINT, count(*), sum(year_minor)::BIGINT,
       count(*) FILTER (money = 5)
FROM scored
GROUP BY currency, recency, frequency
ORDER BY currency, recency, frequency
