-- The facts of one merchant's period as they lie in the files, some of them more than once. Files of
-- earlier releases lack columns that came later; the empty part gives them those.
CREATE TEMP VIEW arrived AS
SELECT fact_id, fact, event_id, merchant_id, gateway, account, subject_kind, subject_id, object_id,
       version, occurred_at, booked_at, currency, amount_minor, method, brand, card_country, reason,
       order_id, customer_id, captured_at, moves, gross_minor, gross_currency, fee_minor, postings, details,
       recurring, agreement_id, was_recurring, was_agreement_id, recurring_minor, file_index,
       file_row_number
FROM (
    SELECT *, file_index, file_row_number
    FROM read_parquet(getvariable('files'), union_by_name = true)
    UNION ALL BY NAME
    SELECT NULL::VARCHAR AS brand, NULL::VARCHAR AS card_country, NULL::VARCHAR AS order_id,
           NULL::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS captured_at, NULL::VARCHAR AS moves, NULL::BIGINT AS gross_minor, NULL::VARCHAR AS gross_currency,
           NULL::BIGINT AS fee_minor, NULL::VARCHAR AS details, NULL::VARCHAR AS recurring,
           NULL::VARCHAR AS agreement_id, NULL::VARCHAR AS was_recurring,
           NULL::VARCHAR AS was_agreement_id, NULL::BIGINT AS recurring_minor
    WHERE false
)
WHERE merchant_id = getvariable('merchant_id')
  AND booked_at >= make_timestamptz(getvariable('starts_us'))
  AND booked_at < make_timestamptz(getvariable('ends_us'));
