-- What else a gateway kept or gave back: with refunds and disputes, of a whole account, and so on.
WITH aside AS (
    SELECT event_id FROM facts JOIN fees_aside USING (file_index, file_row_number)
),
other AS (
    SELECT moved_balances.*, event_id
    FROM moved_balances
    JOIN (SELECT file_index, file_row_number, event_id FROM facts) AS named
    USING (file_index, file_row_number)
    WHERE NOT (moves = 'charge' AND gross_minor > 0)
      AND (fee_minor <> 0 OR moves IN ('refund', 'refund_failure', 'dispute'))
)
SELECT gateway, account, method, brand, $region AS region, currency, paid_currency,
       CASE WHEN moves = 'fee' AND subject_kind = 'payment' THEN 'payment'
            WHEN moves = 'fee' THEN 'account'
            WHEN moves = 'charge' THEN 'returned_payment'
            ELSE moves END AS cause,
       count(*) AS movements, count(*) FILTER (WHERE gross_minor > 0) AS returns,
       sum(gross_minor)::BIGINT AS gross_minor, sum(fee_minor)::BIGINT AS fee_minor,
       $traced AS event_ids
FROM other
WHERE event_id NOT IN (FROM aside)
GROUP BY ALL
ORDER BY ALL
