-- What the archive holds of a period's refund requests, some of it more than once, read once. Files
-- written before refund requests lack the column `details`, and early ones call it `said`; the empty
-- part gives both to a day of those.
CREATE TEMP TABLE arrived AS
SELECT fact_id, fact, event_id, subject_id, version, occurred_at, booked_at, customer_id,
       coalesce(details, said) AS details, file_index, file_row_number
FROM (
    SELECT *, file_index, file_row_number
    FROM read_parquet(getvariable('files'), union_by_name = true)
    UNION ALL BY NAME
    SELECT NULL::VARCHAR AS details, NULL::VARCHAR AS said WHERE false
)
WHERE fact IN ('RefundRequested', 'RefundApproved', 'RefundRejected')
  AND merchant_id = getvariable('merchant_id')
  AND booked_at >= make_timestamptz(getvariable('starts_us'))
  AND booked_at < make_timestamptz(getvariable('ends_us'));
