-- What the chosen facts came to for each customer, by day, currency and agreement: so small that all
-- of a customer's past is read in a moment. A payer who is known by an agreement alone is called by
-- it. `renewals` are payments that an agreement collected, less those that were taken back or turned
-- out to be another agreement's; what was captured before the books were opened is left out.
COPY (
    WITH chosen AS (
        SELECT fact, CAST($day AS DATE) AS day, currency, amount_minor, recurring, agreement_id,
               was_recurring, was_agreement_id, postings,
               concat(gateway, '#', account, '#') AS place, customer_id
        FROM facts
        WHERE fact IN ('PaymentCaptured', 'PaymentReversed', 'PaymentMarkedRecurring',
                       'RefundSucceeded', 'RefundFailed', 'DisputeFundsWithdrawn',
                       'DisputeFundsReinstated', 'MovementCorrected',
                       'BalanceTransactionBooked', 'CustomerErased')
          AND len(list_filter(postings, lambda p: p.destination = 'opening_balance'
                                               OR p.source = 'opening_balance')) = 0
    ),
    marked AS (
        SELECT day, coalesce(customer_id, place || agreement_id) AS customer_id, currency,
               recurring, agreement_id, fact, amount_minor, postings,
               CASE fact WHEN 'PaymentCaptured' THEN 1 WHEN 'PaymentMarkedRecurring' THEN 1
                         WHEN 'PaymentReversed' THEN -1 ELSE 0 END AS renewals
        FROM chosen
        UNION ALL
        SELECT day, coalesce(customer_id, place || was_agreement_id), currency,
               was_recurring, was_agreement_id, 'superseded', amount_minor, [], -1
        FROM chosen
        WHERE was_recurring IS NOT NULL
    ),
    moved AS (
        SELECT day, customer_id, currency, recurring, agreement_id, fact,
               CASE WHEN recurring IS NULL THEN 0 ELSE renewals END AS renewals, amount_minor,
               unnest(list_concat([NULL], postings)) AS posting
        FROM marked
    )
    SELECT CAST($report_day AS DATE) AS report_day, day, customer_id,
           coalesce(posting.currency, currency) AS currency, recurring, agreement_id,
           count(*) FILTER (posting IS NULL AND fact = 'PaymentCaptured') AS payments,
           count(*) FILTER (posting IS NULL AND fact = 'RefundSucceeded') AS refunds,
           coalesce(sum(posting.amount_minor) FILTER (posting.kind = 'capture'), 0)::BIGINT
               AS captured_minor,
           coalesce(sum(posting.amount_minor) FILTER (posting.kind = 'capture_reversal'), 0)::BIGINT
               AS reversed_minor,
           coalesce(sum(CASE posting.kind WHEN 'refund' THEN posting.amount_minor
                                          WHEN 'refund_reversal' THEN -posting.amount_minor
                                          ELSE 0 END), 0)::BIGINT AS refunded_minor,
           coalesce(sum(CASE posting.kind WHEN 'chargeback' THEN posting.amount_minor
                                          WHEN 'chargeback_reversal' THEN -posting.amount_minor
                                          ELSE 0 END), 0)::BIGINT AS disputed_minor,
           coalesce(sum(posting.amount_minor * CASE WHEN posting.destination = 'gateway_fees' THEN 1
                                                    WHEN posting.source = 'gateway_fees' THEN -1
                                                    ELSE 0 END), 0)::BIGINT AS fee_minor,
           coalesce(sum(renewals) FILTER (posting IS NULL), 0)::BIGINT AS renewals,
           coalesce(max(amount_minor) FILTER (posting IS NULL AND renewals > 0), 0)::BIGINT
               AS renewed_minor,
           min(day) FILTER (posting IS NULL AND fact = 'PaymentCaptured') AS first_paid_on,
           max(day) FILTER (posting IS NULL AND fact = 'PaymentCaptured') AS last_paid_on,
           count(*) FILTER (posting IS NULL AND fact = 'CustomerErased') AS erasures
    FROM moved
    GROUP BY day, customer_id, coalesce(posting.currency, currency), recurring, agreement_id
) TO $parquet (FORMAT parquet)
