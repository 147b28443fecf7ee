-- Runs of small attempts at one account, a pause apart at most: what is small is less than nine in
-- ten captures of its currency. Only runs in which many payments failed are returned.
WITH small AS (
    SELECT currency, quantile_disc(amount_minor, 0.1) AS below_minor
    FROM captures
    GROUP BY currency
    HAVING count(*) >= $known_min
),
attempts AS (
    SELECT gateway, account, facts.currency, subject_id, event_id, fact, amount_minor, occurred_at,
           booked_at,
           lag(occurred_at) OVER (
               PARTITION BY gateway, account, facts.currency ORDER BY occurred_at, event_id
           ) AS earlier_at
    FROM facts
    JOIN small ON small.currency = facts.currency AND facts.amount_minor < small.below_minor
    WHERE fact IN ('PaymentFailed', 'PaymentCaptured')
),
runs AS (
    SELECT *, sum(
               (earlier_at IS NULL OR epoch_us(occurred_at) - epoch_us(earlier_at) > $pause_us)::BIGINT
           ) OVER (
               PARTITION BY gateway, account, currency ORDER BY occurred_at, event_id
               ROWS UNBOUNDED PRECEDING
           ) AS run
    FROM attempts
)
SELECT gateway, account, currency, min(epoch_us(occurred_at)), max(epoch_us(booked_at)),
       count(DISTINCT subject_id), count(DISTINCT subject_id) FILTER (fact = 'PaymentFailed'),
       count(*) FILTER (fact = 'PaymentFailed'),
       coalesce(sum(amount_minor) FILTER (fact = 'PaymentCaptured'), 0)::BIGINT,
       list_sort(list(DISTINCT subject_id)), list_sort(list(event_id))
FROM runs
GROUP BY gateway, account, currency, run
HAVING count(DISTINCT subject_id) FILTER (fact = 'PaymentFailed') >= $failures_min
ORDER BY ALL
