-- Attempts that failed, by the gateway's own reason.
SELECT currency, coalesce(reason, 'unknown') AS reason, count(*), $traced_event_ids
FROM facts
WHERE fact = 'PaymentFailed'
GROUP BY ALL
ORDER BY ALL
