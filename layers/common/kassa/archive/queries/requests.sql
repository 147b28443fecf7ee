-- The period's refund requests as they came, each with the receipt it got.
SELECT subject_id, epoch_us(occurred_at), coalesce(customer_id, subject_id), details
FROM facts
WHERE fact = 'RefundRequested'
ORDER BY occurred_at, subject_id
