-- Payment pages that were opened in the period, an order once, and what became of them in it: by
-- country, device and what was chosen in the shop. Abandoned is an order each of whose pages expired.
WITH opened AS (
    SELECT order_id, min(epoch_us(occurred_at)) AS opened_us, count(*) AS attempts,
           min(coalesce(json_extract_string(details, '$.country'), 'unknown')) AS country,
           min(coalesce(json_extract_string(details, '$.device'), 'unknown')) AS device
    FROM facts
    WHERE fact = 'CheckoutSubmitted' AND json_extract_string(details, '$.outcome') = 'open'
    GROUP BY order_id
),
paid AS (
    SELECT order_id, min(epoch_us(occurred_at)) AS paid_us
    FROM facts
    WHERE fact = 'PaymentCaptured' AND order_id IN (SELECT order_id FROM opened)
    GROUP BY order_id
),
closed AS (
    SELECT order_id, count(*) AS expired
    FROM facts
    WHERE fact = 'CheckoutExpired' AND order_id IS NOT NULL
    GROUP BY order_id
)
SELECT country, device, count(*) AS pages, count(paid_us) AS paid,
       count(*) FILTER (WHERE paid_us IS NULL AND expired >= attempts) AS abandoned,
       quantile_disc(CASE WHEN paid_us > opened_us THEN paid_us - opened_us END, 0.5) AS half_us,
       quantile_disc(CASE WHEN paid_us > opened_us THEN paid_us - opened_us END, 0.9) AS most_us
FROM opened
LEFT JOIN paid USING (order_id)
LEFT JOIN closed USING (order_id)
GROUP BY GROUPING SETS ((country, device), ())
ORDER BY country NULLS FIRST, device
