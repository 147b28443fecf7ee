-- Recurring payments of the period whose payer nobody named, so that they are in no figure.
SELECT currency, sum(payments)::BIGINT, sum(captured_minor)::BIGINT
FROM customers
WHERE recurring IS NOT NULL AND customer_id IS NULL AND day >= getvariable('starts_on')
GROUP BY currency
ORDER BY currency
