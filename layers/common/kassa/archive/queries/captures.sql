-- Captured amounts by hour of the day and method, without what was captured before the books were
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
           (epoch_us(booked_at) - getvariable('starts_us')) // 3_600_000_000 AS "hour"
    FROM undescribed
    LEFT JOIN descriptions USING (gateway, account, subject_id, object_id)
    WHERE undescribed.fact = 'PaymentCaptured'
),
captured AS (
    SELECT currency, "hour", method, amount_minor, postings
    FROM moved
    WHERE kind = 'capture' AND destination <> 'opening_balance' AND method IS NOT NULL
    UNION ALL
    SELECT posting.currency, "hour", coalesce(method, 'unknown'), posting.amount_minor, 1
    FROM described
    WHERE posting.kind = 'capture' AND posting.destination <> 'opening_balance'
)
SELECT currency, "hour", method, sum(amount_minor), sum(postings)::BIGINT
FROM captured
GROUP BY ALL
ORDER BY ALL
