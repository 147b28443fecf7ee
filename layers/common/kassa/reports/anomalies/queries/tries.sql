-- Payments that were captured after many attempts had failed, which few had.
WITH often AS (
    SELECT payment, currency
    FROM narrow
    WHERE fact = 'PaymentFailed'
    GROUP BY payment, currency
    HAVING count(*) >= $failures_min
)
SELECT gateway, account, subject_id, currency, max(amount_minor),
       max(customer_id), count(*) FILTER (fact = 'PaymentFailed') AS failures,
       count(DISTINCT reason) FILTER (fact = 'PaymentFailed'),
       min(epoch_us(occurred_at)), max(epoch_us(booked_at)), list_sort(list(event_id))
FROM facts
WHERE (file_index, file_row_number) IN (
    SELECT (file_index, file_row_number)
    FROM narrow
    JOIN often USING (payment, currency)
    WHERE fact IN ('PaymentFailed', 'PaymentCaptured')
)
GROUP BY gateway, account, subject_id, currency
HAVING count(*) FILTER (fact = 'PaymentCaptured') > 0
ORDER BY ALL
