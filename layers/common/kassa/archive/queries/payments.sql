-- Payments with a capture, by currency: the captures, less those that a payment had already one
-- of. As in facts.sql, only payments whose hash repeats are compared by their ids.
WITH again AS MATERIALIZED (
    SELECT hash(gateway, account, subject_id) AS payment
    FROM facts
    WHERE fact = 'PaymentCaptured'
    GROUP BY ALL
    HAVING count(*) > 1
),
payments AS (
    SELECT currency, count AS payments
    FROM counted
    WHERE kind = 'capture' AND destination <> 'opening_balance'
    UNION ALL
    SELECT currency, count(DISTINCT (gateway, account, subject_id)) - count(*)
    FROM facts
    WHERE fact = 'PaymentCaptured'
      AND hash(gateway, account, subject_id) IN (FROM again)
      AND len(list_filter(postings, lambda p: p.destination = 'opening_balance')) = 0
    GROUP BY ALL
)
SELECT currency, sum(payments)::BIGINT FROM payments GROUP BY ALL ORDER BY ALL
