-- What the chosen facts came to for each customer, by day, currency and agreement: so small that all
-- of a customer's past is read in a moment. A payer who is known by an agreement alone is called by
-- it. `renewals` are payments that an agreement collected, less those that were taken back or turned
-- out to be another agreement's, each under its own `payment_id`; what was captured before the books
-- were opened is left out. Facts and postings are scanned apart, each for its own columns, and added up
-- together: no table of either is kept, and what doesn't fit in memory is spilled.
COPY (
    WITH chosen AS NOT MATERIALIZED (
        SELECT fact, CAST($day AS DATE) AS day, currency, amount_minor, recurring, agreement_id,
               was_recurring, was_agreement_id, recurring_minor, subject_id, postings,
               concat(gateway, '#', account, '#') AS place, customer_id
        FROM facts
        WHERE fact IN ('PaymentCaptured', 'PaymentReversed', 'PaymentMarkedRecurring',
                       'RefundSucceeded', 'RefundFailed', 'DisputeFundsWithdrawn',
                       'DisputeFundsReinstated', 'MovementCorrected',
                       'BalanceTransactionBooked', 'CustomerErased')
          AND $is_of_the_books
    ),
    happened AS (
        SELECT day, coalesce(customer_id, place || agreement_id) AS customer_id, currency,
               recurring, agreement_id, fact, coalesce(recurring_minor, amount_minor) AS minor,
               CASE WHEN recurring IS NOT NULL THEN subject_id END AS payment_id,
               CASE WHEN recurring IS NULL THEN 0
                    WHEN fact IN ('PaymentCaptured', 'PaymentMarkedRecurring') THEN 1
                    WHEN fact = 'PaymentReversed' THEN -1 ELSE 0 END AS renewals
        FROM chosen
        UNION ALL
        SELECT day, coalesce(customer_id, place || was_agreement_id), currency,
               was_recurring, was_agreement_id, 'superseded', amount_minor, subject_id, -1
        FROM chosen
        WHERE was_recurring IS NOT NULL
    ),
    moved AS (
        SELECT day, coalesce(customer_id, place || agreement_id) AS customer_id, recurring,
               agreement_id, CASE WHEN recurring IS NOT NULL THEN subject_id END AS payment_id,
               unnest(postings) AS posting
        FROM chosen
    ),
    parts AS (
        SELECT day, customer_id, currency, recurring, agreement_id, payment_id,
               (fact = 'PaymentCaptured')::BIGINT AS payments,
               (fact = 'RefundSucceeded')::BIGINT AS refunds, renewals,
               CASE WHEN renewals > 0 THEN minor END AS renewed_minor,
               (fact = 'CustomerErased')::BIGINT AS erasures,
               NULL::VARCHAR AS kind, NULL::BIGINT AS amount_minor, NULL::BIGINT AS fee_minor
        FROM happened
        UNION ALL
        SELECT day, customer_id, posting.currency, recurring, agreement_id, payment_id,
               0, 0, 0, NULL, 0, posting.kind, posting.amount_minor,
               CASE WHEN posting.destination = 'gateway_fees' THEN posting.amount_minor
                    WHEN posting.source = 'gateway_fees' THEN -posting.amount_minor END
        FROM moved
    ),
    sums AS (
        SELECT day, customer_id, currency, recurring, agreement_id, payment_id,
               sum(payments)::BIGINT AS payments, sum(refunds)::BIGINT AS refunds,
               sum(CASE kind WHEN 'capture' THEN amount_minor END)::BIGINT AS captured_minor,
               sum(CASE kind WHEN 'capture_reversal' THEN amount_minor END)::BIGINT
                   AS reversed_minor,
               sum(CASE kind WHEN 'refund' THEN amount_minor
                             WHEN 'refund_reversal' THEN -amount_minor END)::BIGINT
                   AS refunded_minor,
               sum(CASE kind WHEN 'chargeback' THEN amount_minor
                             WHEN 'chargeback_reversal' THEN -amount_minor END)::BIGINT
                   AS disputed_minor,
               sum(fee_minor)::BIGINT AS fee_minor, sum(renewals)::BIGINT AS renewals,
               max(renewed_minor) AS renewed_minor, sum(erasures)::BIGINT AS erasures
        FROM parts
        GROUP BY day, customer_id, currency, recurring, agreement_id, payment_id
    )
    SELECT CAST($report_day AS DATE) AS report_day, day, customer_id, currency, recurring,
           agreement_id, payment_id, payments, refunds,
           coalesce(captured_minor, 0) AS captured_minor,
           coalesce(reversed_minor, 0) AS reversed_minor,
           coalesce(refunded_minor, 0) AS refunded_minor,
           coalesce(disputed_minor, 0) AS disputed_minor, coalesce(fee_minor, 0) AS fee_minor,
           renewals, coalesce(renewed_minor, 0) AS renewed_minor,
           CASE WHEN payments > 0 THEN day END AS first_paid_on,
           CASE WHEN payments > 0 THEN day END AS last_paid_on, erasures
    FROM sums
    ORDER BY day, customer_id, currency, recurring, agreement_id, payment_id
) TO $parquet (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
