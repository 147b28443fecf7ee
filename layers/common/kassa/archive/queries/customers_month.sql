-- Customers' rows of a month's days as one file: one row a month where no agreement collected
-- anything, and a row for each day where one did, since how long a payment counts goes by its day.
COPY (
    SELECT max(report_day) AS report_day, max(day) AS day, customer_id, currency, recurring,
           agreement_id, payment_id, sum(payments)::BIGINT AS payments, sum(refunds)::BIGINT AS refunds,
           sum(captured_minor)::BIGINT AS captured_minor,
           sum(reversed_minor)::BIGINT AS reversed_minor,
           sum(refunded_minor)::BIGINT AS refunded_minor,
           sum(disputed_minor)::BIGINT AS disputed_minor, sum(fee_minor)::BIGINT AS fee_minor,
           sum(renewals)::BIGINT AS renewals, max(renewed_minor) AS renewed_minor,
           min(first_paid_on) AS first_paid_on, max(last_paid_on) AS last_paid_on,
           sum(erasures)::BIGINT AS erasures
    FROM (
        SELECT * FROM read_parquet(getvariable('files'), union_by_name = true)
        UNION ALL BY NAME
        SELECT NULL::VARCHAR AS payment_id WHERE false  -- days of earlier releases lack it
    )
    GROUP BY customer_id, currency, recurring, agreement_id, payment_id, date_trunc('month', day),
             CASE WHEN recurring IS NULL THEN NULL ELSE day END
    ORDER BY ALL
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
