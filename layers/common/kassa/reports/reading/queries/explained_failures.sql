-- The failed attempts of a period, each with what was to be paid: they moved nothing, so no posting is theirs.
CREATE TEMP VIEW explained AS
SELECT 'failed' AS part, fact_id, fact, event_id, gateway, account, subject_kind, subject_id, object_id,
       NULL::VARCHAR AS kind, NULL::VARCHAR AS source, NULL::VARCHAR AS destination, currency,
       amount_minor, booked_at, coalesce(reason, 'unknown') AS reason
FROM facts
WHERE fact = 'PaymentFailed'
  AND (getvariable('gateway') IS NULL OR gateway = getvariable('gateway'))
  AND (getvariable('account') IS NULL OR account = getvariable('account'))
  AND (getvariable('currency') IS NULL OR currency = getvariable('currency'))
  AND (getvariable('reason') IS NULL OR coalesce(reason, 'unknown') = getvariable('reason'));
