-- Captures of some buckets of payments, each with when its first balance transaction was booked.
INSERT INTO taken
WITH settled AS (
    SELECT payment, min(booked_us) AS settled_us
    FROM numbers
    WHERE fact = 'BalanceTransactionBooked'
      AND bucket >= getvariable('from_bucket') AND bucket < getvariable('until_bucket')
    GROUP BY payment
)
SELECT gateway, account, booked_us AS captured_us, settled_us, file_index, file_row_number
FROM paid
LEFT JOIN settled USING (payment)
WHERE bucket >= getvariable('from_bucket') AND bucket < getvariable('until_bucket')
