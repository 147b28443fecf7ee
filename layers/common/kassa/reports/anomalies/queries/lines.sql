-- Every payment that is known one by one: the period's, and those of the days before it that the
-- manifest names. Files of earlier days may be missing; the empty part gives the columns then.
CREATE TEMP TABLE lines AS
SELECT fact, event_id, gateway, account, subject_id, object_id, occurred_at, booked_at, currency,
       amount_minor, method, brand, order_id, customer_id, gross_minor, gross_currency, fee_minor
FROM (
    SELECT * FROM kept_payments
    UNION ALL BY NAME
    $past
)
WHERE booked_at < make_timestamptz(getvariable('ends_us'));

-- What was captured, each with the method that was published with it or later.
CREATE TEMP TABLE captures AS
WITH described AS (
    SELECT gateway, account, subject_id, object_id, max(method) AS method, max(brand) AS brand
    FROM lines
    WHERE fact = 'PaymentDescribed'
    GROUP BY gateway, account, subject_id, object_id
)
SELECT lines.* EXCLUDE (method, brand),
       coalesce(lines.method, described.method, 'unknown') AS method,
       coalesce(lines.brand, described.brand, 'unknown') AS brand
FROM lines
LEFT JOIN described USING (gateway, account, subject_id, object_id)
WHERE fact = 'PaymentCaptured'
