-- Facts from lines of JSON to one Parquet file. One thread and the batch's own order, so that the
-- same batch gives the same bytes.
COPY (
    SELECT * FROM read_json($lines, format = 'newline_delimited', columns = {
        fact_id: 'VARCHAR', fact: 'VARCHAR', event_id: 'VARCHAR', merchant_id: 'VARCHAR',
        gateway: 'VARCHAR', account: 'VARCHAR', subject_kind: 'VARCHAR', subject_id: 'VARCHAR',
        object_id: 'VARCHAR', version: 'BIGINT', occurred_at: 'TIMESTAMPTZ',
        booked_at: 'TIMESTAMPTZ', currency: 'VARCHAR', amount_minor: 'BIGINT', method: 'VARCHAR',
        brand: 'VARCHAR', card_country: 'VARCHAR', reason: 'VARCHAR', order_id: 'VARCHAR',
        customer_id: 'VARCHAR', captured_at: 'TIMESTAMPTZ', moves: 'VARCHAR',
        gross_minor: 'BIGINT', gross_currency: 'VARCHAR', fee_minor: 'BIGINT',
        postings: 'STRUCT(object_id VARCHAR, kind VARCHAR, source VARCHAR, destination VARCHAR,
                          amount_minor BIGINT, currency VARCHAR)[]',
        details: 'VARCHAR', is_imported: 'BOOLEAN', recurring: 'VARCHAR', agreement_id: 'VARCHAR',
        was_recurring: 'VARCHAR', was_agreement_id: 'VARCHAR', recurring_minor: 'BIGINT'
    })
) TO $parquet (FORMAT parquet, COMPRESSION zstd)
