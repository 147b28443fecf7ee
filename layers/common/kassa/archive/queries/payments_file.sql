-- The kept payments of a day, as a part of its file; the same files give the same bytes.
COPY (SELECT * FROM kept_payments) TO $parquet (FORMAT parquet, COMPRESSION zstd)
