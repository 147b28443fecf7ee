-- Attempts that failed, by the gateway's own reason.
SELECT currency, coalesce(reason, 'unknown') AS reason, count(*), min(event_id, $traced)
FROM facts
WHERE fact = 'PaymentFailed'
GROUP BY ALL
ORDER BY ALL
