-- What moved the merchant's balances in the period, as numbers: what `moved_balances.sql` says of each
-- movement, for all of them at once. What the gateway's event was called is read of the few that are shown.
CREATE TEMP TABLE described AS
SELECT payment,
       CASE WHEN min(method) = max(method) THEN min(method) END AS method,
       CASE WHEN min(brand) = max(brand) THEN min(brand) END AS brand,
       CASE WHEN min(card_country) = max(card_country) THEN min(card_country) END AS card_country,
       min(occurred_us) FILTER (WHERE fact = 'PaymentCaptured') AS captured_us
FROM narrow
WHERE fact IN ('PaymentCaptured', 'PaymentDescribed') AND method IS NOT NULL
  AND payment IN (
      SELECT payment FROM narrow
      WHERE fact = 'BalanceTransactionBooked' AND method IS NULL AND subject_kind = 'payment'
  )
GROUP BY payment;

CREATE TEMP TABLE exchanged AS
SELECT file_index, file_row_number, $paid_currency AS currency
FROM facts
WHERE fact = 'BalanceTransactionBooked' AND $is_exchanged;

CREATE TEMP VIEW moved_balances AS
SELECT gateway, account, subject_kind, payment, moves, file_index, file_row_number,
       coalesce(narrow.method, described.method) AS method,
       CASE WHEN narrow.method IS NULL THEN described.brand ELSE narrow.brand END AS brand,
       CASE WHEN narrow.method IS NULL THEN described.card_country ELSE narrow.card_country END
           AS card_country,
       CAST(make_timestamp(
           coalesce(narrow.captured_us, described.captured_us, occurred_us)
       ) AS DATE) AS day,
       gross_currency AS currency, gross_minor,
       coalesce(exchanged.currency, gross_currency) AS paid_currency,
       fee_minor + CASE WHEN moves = 'fee' THEN -gross_minor ELSE 0 END AS fee_minor
FROM narrow
LEFT JOIN described USING (payment)
LEFT JOIN exchanged USING (file_index, file_row_number)
WHERE fact = 'BalanceTransactionBooked';

-- The fees that were taken by movements of their own, of payments that have one charge.
CREATE TEMP TABLE fees_aside AS
SELECT payment, currency,
       sum(CASE WHEN moves = 'fee' THEN fee_minor ELSE 0 END)::BIGINT AS fee_minor,
       min(file_index) FILTER (WHERE moves = 'fee') AS file_index,
       min(file_row_number) FILTER (WHERE moves = 'fee') AS file_row_number
FROM moved_balances
WHERE subject_kind = 'payment' AND payment IN (
    SELECT payment FROM moved_balances
    WHERE subject_kind = 'payment' AND moves = 'fee' AND gross_minor < 0
)
GROUP BY payment, currency
HAVING count(*) FILTER (WHERE moves = 'fee') = 1
   AND count(*) FILTER (WHERE moves = 'charge' AND gross_minor > 0 AND fee_minor = 0) = 1
   AND count(*) FILTER (WHERE moves = 'charge' AND gross_minor > 0) = 1;

CREATE TEMP VIEW charged AS
SELECT moved_balances.* EXCLUDE (fee_minor), $region AS region,
       moved_balances.fee_minor + coalesce(fees_aside.fee_minor, 0) AS fee_minor
FROM moved_balances
LEFT JOIN fees_aside USING (payment, currency)
WHERE moves = 'charge' AND gross_minor > 0;
