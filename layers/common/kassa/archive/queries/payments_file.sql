-- The kept payments of a day, as a part of its file.
COPY (SELECT * FROM kept_payments) TO $parquet (FORMAT parquet)
