-- A report's figures from lines of JSON to one Parquet file: amounts are whole minor units of their
-- currency, shares and rates parts of one. One thread and the report's own order.
COPY (
    SELECT * FROM read_json($lines, format = 'newline_delimited', columns = {
        merchant_id: 'VARCHAR', period: 'VARCHAR', first_day: 'DATE', last_day: 'DATE',
        time_zone: 'VARCHAR', status: 'VARCHAR', of_period: 'VARCHAR', dimension: 'VARCHAR',
        member: 'VARCHAR', figure: 'VARCHAR', compared: 'VARCHAR', currency: 'VARCHAR',
        amount_minor: 'BIGINT', count: 'BIGINT', share: 'DOUBLE'
    })
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
