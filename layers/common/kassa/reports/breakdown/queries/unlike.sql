-- Currencies in which captures and what they posted aren't the same: some were booked in part, before
-- the books were opened.
SELECT currency
FROM counted
WHERE fact = 'PaymentCaptured'
GROUP BY currency
HAVING coalesce(sum(amount_minor) FILTER (WHERE kind IS NULL), 0)
           <> coalesce(sum(amount_minor)
                       FILTER (WHERE kind = 'capture' AND destination = 'gateway_clearing'), 0)
    OR coalesce(sum(count) FILTER (WHERE kind IS NULL), 0)
           <> coalesce(sum(count) FILTER (WHERE kind IS NOT NULL), 0)
LIMIT 1
