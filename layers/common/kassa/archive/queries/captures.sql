-- Captured amounts by step of the period and method, without what was captured before the books were
-- opened. Only a capture's own fact is completed by the one that described it later.
SELECT currency, step, coalesce(method, 'unknown') AS method, sum(amount_minor),
       sum(count)::BIGINT
FROM counted
WHERE kind = 'capture' AND destination <> 'opening_balance'
  AND (published IS NOT NULL OR fact = 'PaymentCaptured')
GROUP BY ALL
ORDER BY ALL
