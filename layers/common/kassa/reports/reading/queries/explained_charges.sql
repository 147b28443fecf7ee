-- What was charged for payments, by the balance transactions that say so, as the fee analysis counts it: with a
-- fee that the gateway took by a movement of its own. What nobody said of a payment is unknown.
CREATE TEMP VIEW explained AS
SELECT 'charged' AS part, fact_id, 'BalanceTransactionBooked' AS fact, event_id, gateway, account, subject_kind,
       subject_id, object_id, NULL::VARCHAR AS kind, NULL::VARCHAR AS source, NULL::VARCHAR AS destination,
       currency, fee_minor AS amount_minor, booked_at, NULL::VARCHAR AS reason
FROM charged
WHERE (getvariable('gateway') IS NULL OR gateway = getvariable('gateway'))
  AND (getvariable('account') IS NULL OR account = getvariable('account'))
  AND (getvariable('currency') IS NULL OR currency = getvariable('currency'))
  AND (getvariable('method') IS NULL OR coalesce(method, 'unknown') = getvariable('method'))
  AND (getvariable('brand') IS NULL OR coalesce(brand, 'unknown') = getvariable('brand'))
  AND (getvariable('region') IS NULL OR region = getvariable('region'));
