-- Which of some facts lie in the files at all, whenever they were booked.
SELECT DISTINCT fact_id
FROM read_parquet(getvariable('files'))
WHERE fact_id IN (SELECT unnest(getvariable('fact_ids')))
