-- Rollups added up: all that has the same of what is asked for in one row.
SELECT $columns, sum(count)::BIGINT AS count, sum(amount_minor)::BIGINT AS amount_minor
FROM $rollups
GROUP BY ALL
ORDER BY ALL
