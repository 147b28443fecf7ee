-- Runs of payments of one customer, a pause apart at most. Who paid less often has none, and most
-- customers do.
WITH lately AS (
    SELECT customer, occurred_us, file_index, file_row_number
    FROM paid
    WHERE customer IS NOT NULL AND booked_us >= getvariable('starts_us')
),
often AS (
    SELECT customer FROM lately GROUP BY customer HAVING count(*) >= $payments_min
),
-- who has so many payments within so many pauses, which a run's are
quickly AS (
    SELECT DISTINCT customer
    FROM (
        SELECT customer, occurred_us - lag(occurred_us, $payments_min - 1) OVER (
                   PARTITION BY customer ORDER BY occurred_us
               ) AS took_us
        FROM lately
        WHERE customer IN (SELECT customer FROM often)
    )
    WHERE took_us <= ($payments_min - 1)::BIGINT * $pause_us
),
paid_often AS (
    SELECT *, lag(occurred_at) OVER (
               PARTITION BY customer_id ORDER BY occurred_at, event_id
           ) AS earlier_at
    FROM captures
    WHERE (file_index, file_row_number) IN (
        SELECT (file_index, file_row_number)
        FROM lately
        WHERE customer IN (SELECT customer FROM quickly)
    )
),
runs AS (
    SELECT *, sum(
               (earlier_at IS NULL OR epoch_us(occurred_at) - epoch_us(earlier_at) > $pause_us)::BIGINT
           ) OVER (
               PARTITION BY customer_id ORDER BY occurred_at, event_id ROWS UNBOUNDED PRECEDING
           ) AS run
    FROM paid_often
)
SELECT customer_id, currency, min(gateway), min(account), count(DISTINCT subject_id),
       count(DISTINCT coalesce(order_id, subject_id)), sum(amount_minor)::BIGINT,
       min(epoch_us(occurred_at)), max(epoch_us(occurred_at)), max(epoch_us(booked_at)),
       list_sort(list(DISTINCT subject_id)), list_sort(list(event_id))
FROM runs
GROUP BY customer_id, currency, run
HAVING count(DISTINCT subject_id) >= $payments_min
ORDER BY ALL
