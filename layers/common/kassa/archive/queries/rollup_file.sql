-- Rollups of a day and of what came late for earlier ones, as one file; the same rows give the same
-- bytes.
COPY (
    SELECT * FROM read_parquet(getvariable('files')) ORDER BY ALL
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
