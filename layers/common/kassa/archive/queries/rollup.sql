-- What the facts of one day came to: each fact counted by its name, and beside it (with a `kind`)
-- each posting by what it moved.
COPY (
    SELECT CAST($report_day AS DATE) AS report_day, CAST($day AS DATE) AS day, hour, currency, gateway,
           account, method, brand, fact, reason, kind, source, destination, sum(count)::BIGINT AS count,
           sum(amount_minor)::BIGINT AS amount_minor
    FROM counted
    GROUP BY ALL
    ORDER BY ALL
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
