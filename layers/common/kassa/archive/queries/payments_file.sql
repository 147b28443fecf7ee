-- The kept payments of a day, as a part of its file; the same files give the same bytes. Ids hardly
-- repeat: no dictionary of them is tried, and a higher level of compression only takes longer.
COPY (SELECT * FROM kept_payments) TO $parquet (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1000
)
