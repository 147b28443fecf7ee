-- Every payment that is known one by one: the period's, and those of the days before it that the
-- manifest names. Rules count the `numbers` of lines, and read lines themselves for the ids of what they
-- found; what lies in files of earlier days has a file below zero.
CREATE TEMP VIEW past AS
SELECT * REPLACE (-1 - file_index::BIGINT AS file_index)
FROM ($past)
WHERE booked_at < make_timestamptz(getvariable('ends_us'));

CREATE TEMP VIEW lines AS
SELECT fact, event_id, gateway, account, subject_id, object_id, occurred_at, booked_at, currency,
       amount_minor, method, brand, order_id, customer_id, gross_minor, gross_currency, fee_minor,
       file_index, file_row_number
FROM (
    SELECT * REPLACE (file_index::BIGINT AS file_index) FROM kept_payments
    UNION ALL BY NAME
    SELECT * FROM past
);

CREATE TEMP VIEW captures AS
SELECT * FROM lines WHERE fact = 'PaymentCaptured';

CREATE TABLE earlier AS
SELECT fact, gateway, account, currency, method, brand, gross_currency, epoch_us(occurred_at) AS occurred_us,
       epoch_us(booked_at) AS booked_us, amount_minor, gross_minor, fee_minor,
       payment_key(gateway, account, subject_id) AS payment, bucket_of(subject_id) AS bucket,
       hash(object_id) AS object,
       CASE WHEN customer_id IS NOT NULL THEN hash(customer_id) END AS customer,
       file_index, file_row_number
FROM past;

CREATE TEMP VIEW numbers AS
SELECT fact, gateway, account, currency, method, brand, gross_currency, occurred_us, booked_us,
       amount_minor, gross_minor, fee_minor, payment, bucket, object, customer,
       file_index::BIGINT AS file_index, file_row_number
FROM kept_numbers
UNION ALL
SELECT * FROM earlier;

CREATE TEMP VIEW paid AS
SELECT * FROM numbers WHERE fact = 'PaymentCaptured'
