-- Settled captures, each with what it was paid with: a capture has the method that was published with it or
-- later. They are those of some buckets of payments. Days are of 24 hours, counted from the period's begin.
CREATE TEMP VIEW charges AS
WITH charged AS (
    SELECT payment, gateway, account, gross_minor, gross_currency, fee_minor, file_index,
           file_row_number, booked_us - getvariable('starts_us') AS since_us
    FROM numbers
    WHERE fact = 'BalanceTransactionBooked' AND gross_minor > 0
      AND bucket >= getvariable('from_bucket') AND bucket < getvariable('until_bucket')
),
described AS (
    SELECT payment, object, max(method) AS method, max(brand) AS brand
    FROM numbers
    WHERE fact = 'PaymentDescribed'
      AND bucket >= getvariable('from_bucket') AND bucket < getvariable('until_bucket')
    GROUP BY payment, object
),
means AS (
    SELECT payment, max(coalesce(paid.method, described.method, 'unknown')) AS method,
           max(coalesce(paid.brand, described.brand, 'unknown')) AS brand,
           max(currency) AS currency
    FROM paid
    LEFT JOIN described USING (payment, object)
    WHERE bucket >= getvariable('from_bucket') AND bucket < getvariable('until_bucket')
    GROUP BY payment
)
SELECT charged.*, method, brand, currency,
       CASE WHEN since_us < 0 THEN -((-since_us + 86399999999) // 86400000000)
            ELSE since_us // 86400000000 END AS day
FROM charged
JOIN means USING (payment)
