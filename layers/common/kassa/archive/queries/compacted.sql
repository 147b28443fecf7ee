-- Small files as one, fact by fact as they lie there, some of them more than once. Row groups are
-- small, so that they fit in memory beside what is read.
COPY (
    SELECT * FROM read_parquet(getvariable('files'), union_by_name = true)
) TO $parquet (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30720)
