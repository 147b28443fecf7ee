-- The kept payments of a day, as a part of its file; the same files give the same bytes. Ids hardly
-- repeat: no dictionary of them is tried, and a higher level of compression only takes longer. Of a balance
-- transaction nobody asks later what it was called. Row groups are small, so that little of them is held.
COPY (
    SELECT * EXCLUDE (file_index, file_row_number) REPLACE (
               CASE WHEN fact <> 'BalanceTransactionBooked' THEN event_id END AS event_id,
               CASE WHEN fact <> 'BalanceTransactionBooked' THEN object_id END AS object_id
           )
    FROM kept_payments
) TO $parquet (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1000,
    ROW_GROUP_SIZE 30720
)
