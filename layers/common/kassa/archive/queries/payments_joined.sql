-- Kept payments of a day and of what came late for earlier ones, as one file.
COPY (
    SELECT * FROM read_parquet(getvariable('files'))
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
