-- Every payment that is known one by one: the period's, and those of the days before it that the
-- manifest names. Files of earlier days may be missing; the empty part gives the columns then. They
-- are read anew by each rule, but only the columns it asks for: to keep all of them costs more, unless
-- they are few.
CREATE TEMP $lines lines AS
SELECT fact, event_id, gateway, account, subject_id, object_id, occurred_at, booked_at, currency,
       amount_minor, method, brand, order_id, customer_id, gross_minor, gross_currency, fee_minor
FROM (
    SELECT * FROM kept_payments
    UNION ALL BY NAME
    $past
)
WHERE booked_at < make_timestamptz(getvariable('ends_us'));

CREATE TEMP VIEW captures AS
SELECT * FROM lines WHERE fact = 'PaymentCaptured';

-- A payment as a number of 128 bits: joins of millions by it fit in memory where those by the ids
-- don't, and no two payments share one.
CREATE TEMP MACRO payment_key(gateway, account, subject_id) AS
hash(gateway, account, subject_id)::UHUGEINT * 18446744073709551616::UHUGEINT
    + hash(concat(subject_id, '#'))
