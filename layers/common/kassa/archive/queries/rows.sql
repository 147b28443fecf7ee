-- How many facts lie in some files, by what each file says of itself.
SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(getvariable('files'))
