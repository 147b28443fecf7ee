-- Fees of settled captures by what they are charged for and day (of 24 hours, counted from the
-- period's begin), as the sums that a line is fitted from. A capture has the method that was
-- published with it or later.
WITH charged AS (
    SELECT payment_key(gateway, account, subject_id) AS payment, gateway, account, subject_id,
           event_id, gross_minor, gross_currency, fee_minor,
           (epoch_us(booked_at) - getvariable('starts_us')) AS since_us
    FROM lines
    WHERE fact = 'BalanceTransactionBooked' AND gross_minor > 0
),
described AS (
    SELECT gateway, account, subject_id, object_id, max(method) AS method, max(brand) AS brand
    FROM lines
    WHERE fact = 'PaymentDescribed'
    GROUP BY gateway, account, subject_id, object_id
),
means AS (
    SELECT payment_key(gateway, account, subject_id) AS payment,
           max(coalesce(captures.method, described.method, 'unknown')) AS method,
           max(coalesce(captures.brand, described.brand, 'unknown')) AS brand,
           max(currency) AS currency
    FROM captures
    LEFT JOIN described USING (gateway, account, subject_id, object_id)
    GROUP BY payment
)
SELECT gateway, account, method, brand, currency, gross_currency,
       CASE WHEN since_us < 0 THEN -((-since_us + 86399999999) // 86400000000)
            ELSE since_us // 86400000000 END AS day,
       count(*), sum(gross_minor)::BIGINT, sum(fee_minor)::BIGINT,
       sum(gross_minor::HUGEINT * gross_minor)::VARCHAR, sum(gross_minor::HUGEINT * fee_minor)::VARCHAR,
       CASE WHEN since_us >= 0 THEN $subject_ids ELSE [] END,
       CASE WHEN since_us >= 0 THEN $event_ids ELSE [] END
FROM charged
JOIN means USING (payment)
GROUP BY gateway, account, method, brand, currency, gross_currency, day, since_us >= 0
ORDER BY ALL
