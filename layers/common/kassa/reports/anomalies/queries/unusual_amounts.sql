-- Payments of customers who paid often before, far above what they paid then.
WITH before AS (
    SELECT customer, currency, count(*) AS payments, quantile_disc(amount_minor, 0.5) AS median_minor
    FROM paid
    WHERE customer IS NOT NULL AND booked_us < getvariable('starts_us')
    GROUP BY customer, currency
    HAVING count(*) >= $payments_min
),
spread AS (
    SELECT before.customer, before.currency, any_value(payments) AS payments,
           any_value(median_minor) AS median_minor,
           quantile_disc(abs(amount_minor - median_minor), 0.5) AS mad_minor
    FROM paid
    JOIN before USING (customer, currency)
    WHERE booked_us < getvariable('starts_us')
    GROUP BY before.customer, before.currency
),
found AS (
    SELECT file_index, file_row_number, payments, median_minor, mad_minor
    FROM paid
    JOIN spread USING (customer, currency)
    WHERE booked_us >= getvariable('starts_us') AND amount_minor >= $times_min * median_minor
)
SELECT customer_id, currency, gateway, account, subject_id, event_id, amount_minor,
       epoch_us(occurred_at), epoch_us(booked_at), payments, median_minor, mad_minor
FROM captures
JOIN found USING (file_index, file_row_number)
ORDER BY ALL
