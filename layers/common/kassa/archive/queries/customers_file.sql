-- What the chosen facts came to for each customer, by day, currency and agreement: so small that all
-- of a customer's past is read in a moment. A payer who is known by an agreement alone is called by
-- it. `renewals` are payments that an agreement collected, less those that were taken back or turned
-- out to be another agreement's, each under its own `payment_id`; what was captured before the books
-- were opened is left out. Facts and postings are counted apart, each by a scan of its own columns:
-- what both need, kept between them, would take more memory than there is.
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
    counts AS (
        SELECT day, customer_id, currency, recurring, agreement_id, payment_id,
               count(*) FILTER (fact = 'PaymentCaptured') AS payments,
               count(*) FILTER (fact = 'RefundSucceeded') AS refunds,
               sum(renewals)::BIGINT AS renewals,
               max(minor) FILTER (renewals > 0) AS renewed_minor,
               count(*) FILTER (fact = 'CustomerErased') AS erasures
        FROM happened
        GROUP BY day, customer_id, currency, recurring, agreement_id, payment_id
    ),
    moved AS (
        SELECT day, coalesce(customer_id, place || agreement_id) AS customer_id, recurring,
               agreement_id, CASE WHEN recurring IS NOT NULL THEN subject_id END AS payment_id,
               unnest(postings) AS posting
        FROM chosen
    ),
    sums AS (
        SELECT day, customer_id, posting.currency, recurring, agreement_id, payment_id,
               sum(CASE posting.kind WHEN 'capture' THEN posting.amount_minor END)::BIGINT
                   AS captured_minor,
               sum(CASE posting.kind WHEN 'capture_reversal' THEN posting.amount_minor END)::BIGINT
                   AS reversed_minor,
               sum(CASE posting.kind WHEN 'refund' THEN posting.amount_minor
                                     WHEN 'refund_reversal' THEN -posting.amount_minor
                                     END)::BIGINT AS refunded_minor,
               sum(CASE posting.kind WHEN 'chargeback' THEN posting.amount_minor
                                     WHEN 'chargeback_reversal' THEN -posting.amount_minor
                                     END)::BIGINT AS disputed_minor,
               sum(CASE WHEN posting.destination = 'gateway_fees' THEN posting.amount_minor
                        WHEN posting.source = 'gateway_fees' THEN -posting.amount_minor
                        END)::BIGINT AS fee_minor
        FROM moved
        GROUP BY day, customer_id, posting.currency, recurring, agreement_id, payment_id
    )
    SELECT CAST($report_day AS DATE) AS report_day, coalesce(counts.day, sums.day) AS day,
           coalesce(counts.customer_id, sums.customer_id) AS customer_id,
           coalesce(counts.currency, sums.currency) AS currency,
           coalesce(counts.recurring, sums.recurring) AS recurring,
           coalesce(counts.agreement_id, sums.agreement_id) AS agreement_id,
           coalesce(counts.payment_id, sums.payment_id) AS payment_id,
           coalesce(payments, 0) AS payments, coalesce(refunds, 0) AS refunds,
           coalesce(captured_minor, 0) AS captured_minor,
           coalesce(reversed_minor, 0) AS reversed_minor,
           coalesce(refunded_minor, 0) AS refunded_minor,
           coalesce(disputed_minor, 0) AS disputed_minor, coalesce(fee_minor, 0) AS fee_minor,
           coalesce(renewals, 0) AS renewals, coalesce(renewed_minor, 0) AS renewed_minor,
           CASE WHEN payments > 0 THEN counts.day END AS first_paid_on,
           CASE WHEN payments > 0 THEN counts.day END AS last_paid_on,
           coalesce(erasures, 0) AS erasures
    FROM counts
    FULL JOIN sums
           ON counts.day = sums.day AND counts.currency IS NOT DISTINCT FROM sums.currency
          AND counts.customer_id IS NOT DISTINCT FROM sums.customer_id
          AND counts.recurring IS NOT DISTINCT FROM sums.recurring
          AND counts.agreement_id IS NOT DISTINCT FROM sums.agreement_id
          AND counts.payment_id IS NOT DISTINCT FROM sums.payment_id
    ORDER BY ALL
) TO $parquet (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
