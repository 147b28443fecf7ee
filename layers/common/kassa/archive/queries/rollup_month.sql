-- The rollups of a month's days as one file, by day instead of by hour.
COPY (
    SELECT report_day, day, NULL::BIGINT AS hour, currency, gateway, account, method, brand, fact,
           reason, kind, source, destination, sum(count)::BIGINT AS count,
           sum(amount_minor)::BIGINT AS amount_minor
    FROM read_parquet(getvariable('files'), union_by_name = true)
    GROUP BY ALL
    ORDER BY ALL
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
