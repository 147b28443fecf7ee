-- Captured amounts by step of the period and method, without what was captured before the books were
-- opened. A capture told without its method is completed by the fact that described it later.
WITH undescribed AS MATERIALIZED (
    SELECT gateway, account, subject_id, object_id, fact, method, booked_at, postings
    FROM facts
    WHERE fact = 'PaymentDescribed' OR (fact = 'PaymentCaptured' AND method IS NULL)
),
descriptions AS (
    SELECT gateway, account, subject_id, object_id, min(method) AS method
    FROM undescribed
    WHERE fact = 'PaymentDescribed'
    GROUP BY ALL
),
described AS (
    SELECT unnest(undescribed.postings) AS posting, descriptions.method,
           $step AS step
    FROM undescribed
    LEFT JOIN descriptions USING (gateway, account, subject_id, object_id)
    WHERE undescribed.fact = 'PaymentCaptured'
),
captured AS (
    SELECT currency, step, method, amount_minor, postings
    FROM moved
    WHERE kind = 'capture' AND destination <> 'opening_balance' AND method IS NOT NULL
    UNION ALL
    SELECT posting.currency, step, coalesce(method, 'unknown'), posting.amount_minor, 1
    FROM described
    WHERE posting.kind = 'capture' AND posting.destination <> 'opening_balance'
)
SELECT currency, step, method, sum(amount_minor), sum(postings)::BIGINT
FROM captured
GROUP BY ALL
ORDER BY ALL
