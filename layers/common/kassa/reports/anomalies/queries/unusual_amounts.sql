-- Payments of customers who paid often before, far above what they paid then.
WITH before AS (
    SELECT customer_id, currency, count(*) AS payments,
           quantile_disc(amount_minor, 0.5) AS median_minor
    FROM captures
    WHERE customer_id IS NOT NULL AND booked_at < make_timestamptz(getvariable('starts_us'))
    GROUP BY customer_id, currency
    HAVING count(*) >= $payments_min
),
spread AS (
    SELECT before.customer_id, before.currency, any_value(payments) AS payments,
           any_value(median_minor) AS median_minor,
           quantile_disc(abs(amount_minor - median_minor), 0.5) AS mad_minor
    FROM captures
    JOIN before USING (customer_id, currency)
    WHERE booked_at < make_timestamptz(getvariable('starts_us'))
    GROUP BY before.customer_id, before.currency
)
SELECT customer_id, currency, gateway, account, subject_id, event_id, amount_minor,
       epoch_us(occurred_at), epoch_us(booked_at), payments, median_minor, mad_minor
FROM captures
JOIN spread USING (customer_id, currency)
WHERE booked_at >= make_timestamptz(getvariable('starts_us'))
  AND amount_minor >= $times_min * median_minor
ORDER BY ALL
