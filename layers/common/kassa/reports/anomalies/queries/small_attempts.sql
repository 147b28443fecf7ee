-- Runs of small attempts at one account, a pause apart at most: what is small is less than nine in
-- ten captures of its currency. Only runs in which many payments failed are returned.
WITH small AS (
    SELECT currency, quantile_disc(amount_minor, 0.1) AS below_minor
    FROM paid
    GROUP BY currency
    HAVING count(*) >= $known_min
),
attempts AS (
    SELECT gateway, account, narrow.currency, payment, fact, occurred_us, file_index, file_row_number,
           lag(occurred_us) OVER (
               PARTITION BY gateway, account, narrow.currency ORDER BY occurred_us
           ) AS earlier_us
    FROM narrow
    JOIN small ON small.currency = narrow.currency AND narrow.amount_minor < small.below_minor
    WHERE fact IN ('PaymentFailed', 'PaymentCaptured')
),
runs AS (
    SELECT *, sum((earlier_us IS NULL OR occurred_us - earlier_us > $pause_us)::BIGINT) OVER (
               PARTITION BY gateway, account, currency ORDER BY occurred_us
               RANGE UNBOUNDED PRECEDING
           ) AS run
    FROM attempts
),
failing AS (
    SELECT gateway, account, currency, run
    FROM runs
    WHERE fact = 'PaymentFailed'
    GROUP BY gateway, account, currency, run
    HAVING count(DISTINCT payment) >= $failures_min
),
found AS (
    SELECT file_index, file_row_number, run
    FROM runs
    JOIN failing USING (gateway, account, currency, run)
)
SELECT gateway, account, currency, min(epoch_us(occurred_at)), max(epoch_us(booked_at)),
       count(DISTINCT subject_id), count(DISTINCT subject_id) FILTER (fact = 'PaymentFailed'),
       count(*) FILTER (fact = 'PaymentFailed'),
       coalesce(sum(amount_minor) FILTER (fact = 'PaymentCaptured'), 0)::BIGINT,
       $subject_ids, $event_ids
FROM facts
JOIN found USING (file_index, file_row_number)
GROUP BY gateway, account, currency, run
ORDER BY ALL
