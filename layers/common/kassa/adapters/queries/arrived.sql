-- The facts of one merchant's period as they lie in the files, some of them more than once.
CREATE TEMP VIEW arrived AS
SELECT *, file_index, file_row_number
FROM read_parquet(getvariable('files'))
WHERE merchant_id = getvariable('merchant_id')
  AND booked_at >= make_timestamptz(getvariable('starts_us'))
  AND booked_at < make_timestamptz(getvariable('ends_us'));
