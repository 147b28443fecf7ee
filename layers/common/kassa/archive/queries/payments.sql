-- Payments with a capture, by currency: the captures, less those that a payment had already one of.
WITH again AS (
    SELECT payment FROM narrow WHERE fact = 'PaymentCaptured' GROUP BY payment HAVING count(*) > 1
),
payments AS (
    SELECT currency, count AS payments
    FROM counted
    WHERE kind = 'capture' AND destination <> 'opening_balance'
    UNION ALL
    SELECT currency, count(DISTINCT payment) - count(*)
    FROM narrow
    ANTI JOIN opening USING (file_index, file_row_number)
    WHERE fact = 'PaymentCaptured' AND payment IN (SELECT payment FROM again)
    GROUP BY currency
)
SELECT currency, sum(payments)::BIGINT FROM payments GROUP BY ALL ORDER BY ALL
