-- Attempts to pay by method and by the country of the card, or of who pays: how many, and failed.
SELECT coalesce(method, 'unknown') AS method, coalesce(card_country, 'unknown') AS country,
       count(*), count(*) FILTER (WHERE fact = 'PaymentFailed')
FROM narrow
WHERE fact IN ('PaymentCaptured', 'PaymentFailed')
GROUP BY ALL
ORDER BY ALL
