-- What was published of captures later than they were, by where the captures lie: the method, and the
-- brand, of a capture published without its method.
CREATE TEMP TABLE descriptions AS
SELECT captured.file_index, captured.file_row_number, min(described.method) AS method,
       min(described.brand) AS brand
FROM (
    SELECT gateway, account, subject_id, object_id, file_index, file_row_number
    FROM facts
    WHERE fact = 'PaymentCaptured' AND method IS NULL
) AS captured
JOIN (
    SELECT gateway, account, subject_id, object_id, method, brand
    FROM facts
    WHERE fact = 'PaymentDescribed'
) AS described USING (gateway, account, subject_id, object_id)
GROUP BY captured.file_index, captured.file_row_number
