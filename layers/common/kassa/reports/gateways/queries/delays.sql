-- How long after it happened at the gateway what payments came to was in the books, in microseconds;
-- of what the gateway said by itself, not of what was asked for.
WITH asked AS (
    SELECT file_index, file_row_number
    FROM facts
    WHERE fact IN ('PaymentAuthorized', 'PaymentCaptured', 'PaymentFailed')
      AND (event_id LIKE 'balance:%' OR event_id LIKE 'look_up:%')
)
SELECT gateway, account, events, at_us[1] AS half_us, at_us[2] AS most_us
FROM (
    SELECT gateway, account, count(*) AS events,
           quantile_disc(booked_us - occurred_us, [0.5, 0.95]) AS at_us
    FROM narrow
    ANTI JOIN asked USING (file_index, file_row_number)
    WHERE fact IN ('PaymentAuthorized', 'PaymentCaptured', 'PaymentFailed')
    GROUP BY gateway, account
)
ORDER BY gateway, account
