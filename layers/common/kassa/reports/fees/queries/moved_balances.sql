-- What moved the merchant's balances in the period, each with what its payment was paid with and what
-- the gateway kept of it. Facts of earlier releases don't say what was paid with: the payment's own
-- facts of the period do, where they all say the same.
CREATE TEMP TABLE described AS
SELECT gateway, account, subject_id,
       CASE WHEN min(method) = max(method) THEN min(method) END AS method,
       CASE WHEN min(brand) = max(brand) THEN min(brand) END AS brand,
       CASE WHEN min(card_country) = max(card_country) THEN min(card_country) END AS card_country,
       min(occurred_at) FILTER (WHERE fact = 'PaymentCaptured') AS captured_at
FROM facts
WHERE fact IN ('PaymentCaptured', 'PaymentDescribed') AND method IS NOT NULL
  AND (gateway, account, subject_id) IN (
      SELECT (gateway, account, subject_id) FROM facts
      WHERE fact = 'BalanceTransactionBooked' AND method IS NULL AND subject_kind = 'payment'
  )
GROUP BY gateway, account, subject_id;

CREATE TEMP VIEW moved_balances AS
SELECT fact_id, gateway, account, subject_kind, subject_id, event_id, object_id, booked_at, moves,
       coalesce(facts.method, described.method) AS method,
       CASE WHEN facts.method IS NULL THEN described.brand ELSE facts.brand END AS brand,
       CASE WHEN facts.method IS NULL THEN described.card_country ELSE facts.card_country END
           AS card_country,
       CAST(make_timestamp(epoch_us(
           coalesce(facts.captured_at, described.captured_at, occurred_at)
       )) AS DATE) AS day,
       gross_currency AS currency, gross_minor,
       $paid_currency AS paid_currency,
       fee_minor + CASE WHEN moves = 'fee' THEN -gross_minor ELSE 0 END AS fee_minor
FROM facts
LEFT JOIN described USING (gateway, account, subject_id)
WHERE fact = 'BalanceTransactionBooked';

-- Klarna takes the fee of a payment by a movement of its own: it belongs to the payment's charge where
-- there is one of each.
CREATE TEMP TABLE fees_aside AS
SELECT gateway, account, subject_id, currency,
       sum(CASE WHEN moves = 'fee' THEN fee_minor ELSE 0 END)::BIGINT AS fee_minor,
       min(CASE WHEN moves = 'fee' THEN event_id END) AS event_id
FROM moved_balances
WHERE subject_kind = 'payment' AND (gateway, account, subject_id) IN (
    SELECT (gateway, account, subject_id) FROM moved_balances
    WHERE subject_kind = 'payment' AND moves = 'fee' AND gross_minor < 0
)
GROUP BY gateway, account, subject_id, currency
HAVING count(*) FILTER (WHERE moves = 'fee') = 1
   AND count(*) FILTER (WHERE moves = 'charge' AND gross_minor > 0 AND fee_minor = 0) = 1
   AND count(*) FILTER (WHERE moves = 'charge' AND gross_minor > 0) = 1;

CREATE TEMP VIEW charged AS
SELECT moved_balances.* EXCLUDE (fee_minor), $region AS region,
       moved_balances.fee_minor + coalesce(fees_aside.fee_minor, 0) AS fee_minor,
       fees_aside.event_id AS aside_id
FROM moved_balances
LEFT JOIN fees_aside USING (gateway, account, subject_id, currency)
WHERE moves = 'charge' AND gross_minor > 0;
