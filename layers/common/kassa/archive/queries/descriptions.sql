-- What was published of captures later than they were, by where the captures lie: the method, and the
-- brand, of a capture published without its method.
CREATE TEMP TABLE descriptions AS
SELECT captured.file_index, captured.file_row_number, min(described.method) AS method,
       min(described.brand) AS brand
FROM narrow AS captured
JOIN (
    SELECT payment, object, method, brand FROM narrow WHERE fact = 'PaymentDescribed'
) AS described USING (payment, object)
WHERE captured.fact = 'PaymentCaptured' AND captured.method IS NULL
GROUP BY captured.file_index, captured.file_row_number
