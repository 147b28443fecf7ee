-- Payouts in the order in which they were sent.
SELECT gateway, account, currency, epoch_us(occurred_at) AS at_us, amount_minor
FROM facts
WHERE fact = 'PayoutPaid'
ORDER BY gateway, account, currency, at_us, object_id
