-- The chosen facts as numbers, as view `narrow`, since what most queries ask of millions of them are sums and
-- joins: few-valued texts once, as `dimensions`, and of each fact a row of `measures` that names its own.
-- A payment is a hash of 128 bits, which no two will share; an object differs from others of its payment,
-- and a customer from some million others, by 64. Ids themselves are read of the few facts that a query
-- finds, by their file and row. Payments lie in 64 buckets, so that what is kept of each for a while
-- needn't be kept of all at once.
CREATE TEMP MACRO payment_key(gateway, account, subject_id) AS
hash(gateway, account, subject_id)::UHUGEINT * 18446744073709551616::UHUGEINT
    + hash(concat(subject_id, '#'));

CREATE TEMP MACRO bucket_of(subject_id) AS (hash(subject_id) % 64)::UTINYINT;

CREATE TABLE dimensions AS
SELECT row_number() OVER ()::UINTEGER AS dimension_id,
       hash(fact, gateway, account, subject_kind, currency, method, brand, card_country, moves,
            gross_currency, reason) AS dimension, *
FROM (
    SELECT fact, gateway, account, subject_kind, currency, method, brand, card_country, moves,
           gross_currency, reason
    FROM facts
    GROUP BY ALL
);

CREATE TABLE measures AS
SELECT dimension_id, booked_us, occurred_us, captured_us, amount_minor, gross_minor, fee_minor, payment,
       bucket, object, customer, file_index, file_row_number
FROM (
    SELECT hash(fact, gateway, account, subject_kind, currency, method, brand, card_country, moves,
                gross_currency, reason) AS dimension,
           epoch_us(booked_at) AS booked_us, epoch_us(occurred_at) AS occurred_us,
           epoch_us(captured_at) AS captured_us, amount_minor, gross_minor, fee_minor,
           payment_key(gateway, account, subject_id) AS payment, bucket_of(subject_id) AS bucket,
           CASE WHEN fact IN ('PaymentCaptured', 'PaymentDescribed', 'PaymentFailed')
                THEN hash(object_id) END AS object,
           CASE WHEN customer_id IS NOT NULL THEN hash(customer_id) END AS customer,
           file_index, file_row_number
    FROM facts
)
JOIN dimensions USING (dimension);

CREATE TEMP VIEW narrow AS
SELECT measures.*, dimensions.* EXCLUDE (dimension_id, dimension)
FROM measures
JOIN dimensions USING (dimension_id)
