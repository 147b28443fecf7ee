-- Each charged fee beside what the contract's line says: those that agree counted, the others by how
-- far they are off, with their events. The rounding is of the percentage; the fixed part is whole.
WITH expected AS (
    SELECT line, fee_minor, file_index, file_row_number, gateway, account, charged.currency,
           fixed_minor + CASE rounding
               WHEN 'up' THEN ceil(share) WHEN 'down' THEN floor(share) ELSE round(share, 0)
           END::BIGINT AS expected_minor
    FROM (
        SELECT charged.*, line, fixed_minor, rounding,
               CAST(charged.gross_minor AS DECIMAL(18, 0)) * CAST(percent AS DECIMAL(9, 4))
                   * CAST(0.01 AS DECIMAL(3, 2)) AS share
        FROM charged
        JOIN agreed
          ON charged.gateway = agreed.gateway AND charged.account = agreed.account
         AND charged.method IS NOT DISTINCT FROM agreed.method
         AND charged.brand IS NOT DISTINCT FROM agreed.brand
         AND charged.region = agreed.region AND charged.currency = agreed.currency
         AND charged.paid_currency = agreed.paid_currency AND charged.day = agreed.day
        WHERE fee_minor <> 0
    ) AS charged
),
named AS (
    SELECT expected.*, event_id
    FROM expected
    JOIN (SELECT file_index, file_row_number, event_id FROM facts) AS named
    USING (file_index, file_row_number)
    WHERE fee_minor <> expected_minor
    UNION ALL BY NAME
    SELECT * FROM expected WHERE fee_minor = expected_minor
)
SELECT gateway, account, currency, line, fee_minor - expected_minor AS off_minor,
       count(*) AS fees, sum(expected_minor)::BIGINT AS expected_minor,
       CASE WHEN fee_minor <> expected_minor THEN $traced END AS event_ids
FROM named
GROUP BY gateway, account, currency, line, off_minor, fee_minor <> expected_minor
ORDER BY gateway, account, currency, line, off_minor
