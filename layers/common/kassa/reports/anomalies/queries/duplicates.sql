-- Payments of one customer over the same amount, each beside the one before it.
WITH lately AS (
    SELECT hash(customer, currency, amount_minor) AS paid, file_index, file_row_number
    FROM paid
    WHERE customer IS NOT NULL AND booked_us >= getvariable('starts_us') - $reach_us
),
often AS (
    SELECT paid FROM lately GROUP BY paid HAVING count(*) > 1
),
pairs AS (
    SELECT customer_id, currency, amount_minor, gateway, account, subject_id, event_id, order_id,
           occurred_at, booked_at,
           lag(subject_id) OVER paid AS earlier_id, lag(event_id) OVER paid AS earlier_event_id,
           lag(order_id) OVER paid AS earlier_order_id, lag(occurred_at) OVER paid AS earlier_at
    FROM captures
    WHERE (file_index, file_row_number) IN (
        SELECT (file_index, file_row_number) FROM lately WHERE paid IN (SELECT paid FROM often)
    )
    WINDOW paid AS (
        PARTITION BY customer_id, currency, amount_minor ORDER BY occurred_at, gateway, subject_id
    )
)
SELECT customer_id, currency, amount_minor, gateway, account, subject_id, event_id, order_id,
       epoch_us(occurred_at), epoch_us(booked_at), earlier_id, earlier_event_id, earlier_order_id,
       epoch_us(earlier_at)
FROM pairs
WHERE booked_at >= make_timestamptz(getvariable('starts_us'))
  AND earlier_id <> subject_id
  AND epoch_us(occurred_at) - epoch_us(earlier_at) <= $reach_us
ORDER BY ALL
