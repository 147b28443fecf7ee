-- What is known of each customer to the end of the period, as view `customers`: of its own days from
-- its facts, of earlier ones from what was kept of closed days, with what came late for them since.
CREATE TEMP VIEW customers AS
SELECT * FROM read_parquet(getvariable('own'))
UNION ALL BY NAME
SELECT * FROM read_parquet(getvariable('files'), union_by_name = true)
WHERE day < getvariable('starts_on')
