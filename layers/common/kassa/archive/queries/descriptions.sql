-- What was published of captures later than they were, by where the captures lie: the method, and the
-- brand, of a capture published without its method. `of` are the columns that say which capture it is.
CREATE TEMP TABLE descriptions AS
SELECT captured.file_index, captured.file_row_number, min(described.method) AS method,
       min(described.brand) AS brand
FROM (
    SELECT $of, file_index, file_row_number
    FROM $facts
    WHERE fact = 'PaymentCaptured' AND method IS NULL
) AS captured
JOIN (
    SELECT $of, method, brand
    FROM $facts
    WHERE fact = 'PaymentDescribed'
) AS described USING ($of)
GROUP BY captured.file_index, captured.file_row_number
