-- The facts in some files that were booked between two instants, each as often as it lies there: of
-- copies of one fact, the one that reports count comes first.
SELECT fact_id, fact, event_id, subject_kind, gateway, account, subject_id, postings
FROM read_parquet(getvariable('files'))
WHERE booked_at >= make_timestamptz(getvariable('starts_us'))
  AND booked_at < make_timestamptz(getvariable('ends_us'))
ORDER BY booked_at, event_id, version, file_index, file_row_number
