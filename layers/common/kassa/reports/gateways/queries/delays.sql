-- How long after it happened at the gateway what payments came to was in the books, in microseconds;
-- of what the gateway said by itself, not of what was asked for.
SELECT gateway, account, count(*) AS events,
       quantile_disc(epoch_us(booked_at) - epoch_us(occurred_at), 0.5) AS half_us,
       quantile_disc(epoch_us(booked_at) - epoch_us(occurred_at), 0.95) AS most_us
FROM facts
WHERE fact IN ('PaymentAuthorized', 'PaymentCaptured', 'PaymentFailed')
  AND event_id NOT LIKE 'balance:%' AND event_id NOT LIKE 'look_up:%'
GROUP BY gateway, account
ORDER BY gateway, account
