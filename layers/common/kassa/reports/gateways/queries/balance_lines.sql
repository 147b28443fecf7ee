-- What moved each balance but its payouts, in the order in which it happened; of a charge, when its
-- payment was captured. A payout that came back is in the balance again.
SELECT gateway, account, coalesce(gross_currency, currency) AS balance,
       epoch_us(occurred_at) AS at_us,
       CASE WHEN fact = 'PayoutFailed' THEN amount_minor ELSE gross_minor - fee_minor END AS net_minor,
       CASE WHEN moves = 'charge' AND gross_minor > 0 THEN epoch_us(captured_at) END AS captured_us
FROM facts
WHERE (fact = 'BalanceTransactionBooked' AND moves <> 'payout') OR fact = 'PayoutFailed'
ORDER BY gateway, account, balance, at_us, object_id
LIMIT $lines_max
