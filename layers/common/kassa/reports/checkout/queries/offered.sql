-- How many pages offered each method, and on how many it was chosen in the shop already; an order
-- counts once.
SELECT offered, count(DISTINCT order_id),
       count(DISTINCT order_id) FILTER (WHERE method IS NOT NULL)
FROM (
    SELECT order_id, method, CAST(json_extract(details, '$.offered') AS VARCHAR[]) AS methods
    FROM facts
    WHERE fact = 'CheckoutSubmitted' AND json_extract_string(details, '$.outcome') = 'open'
) AS pages
CROSS JOIN UNNEST(methods) AS each_method(offered)
GROUP BY offered
ORDER BY offered
