-- Runs of payments of one customer, a pause apart at most. Who paid less often has none, and most
-- customers do.
WITH often AS (
    SELECT customer_id
    FROM captures
    WHERE customer_id IS NOT NULL AND booked_at >= make_timestamptz(getvariable('starts_us'))
    GROUP BY customer_id
    HAVING count(*) >= $payments_min
),
paid AS (
    SELECT *, lag(occurred_at) OVER (
               PARTITION BY customer_id ORDER BY occurred_at, event_id
           ) AS earlier_at
    FROM captures
    WHERE customer_id IN (SELECT customer_id FROM often)
      AND booked_at >= make_timestamptz(getvariable('starts_us'))
),
runs AS (
    SELECT *, sum(
               (earlier_at IS NULL OR epoch_us(occurred_at) - epoch_us(earlier_at) > $pause_us)::BIGINT
           ) OVER (
               PARTITION BY customer_id ORDER BY occurred_at, event_id ROWS UNBOUNDED PRECEDING
           ) AS run
    FROM paid
)
SELECT customer_id, currency, min(gateway), min(account), count(DISTINCT subject_id),
       count(DISTINCT coalesce(order_id, subject_id)), sum(amount_minor)::BIGINT,
       min(epoch_us(occurred_at)), max(epoch_us(occurred_at)), max(epoch_us(booked_at)),
       list_sort(list(DISTINCT subject_id)), list_sort(list(event_id))
FROM runs
GROUP BY customer_id, currency, run
HAVING count(DISTINCT subject_id) >= $payments_min
ORDER BY ALL
