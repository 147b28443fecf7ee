-- The facts of one merchant's period as they lie in the files, some of them more than once. Its
-- columns are those that every file has, whenever it was written.
CREATE TEMP VIEW arrived AS
SELECT fact_id, fact, event_id, merchant_id, gateway, account, subject_kind, subject_id, object_id,
       version, booked_at, currency, amount_minor, method, reason, postings,
       file_index, file_row_number
FROM read_parquet(getvariable('files'))
WHERE merchant_id = getvariable('merchant_id')
  AND booked_at >= make_timestamptz(getvariable('starts_us'))
  AND booked_at < make_timestamptz(getvariable('ends_us'));
