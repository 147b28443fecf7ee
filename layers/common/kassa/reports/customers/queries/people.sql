-- Each payer in each currency: when first and last, how often, what is left of it, and the same of
-- the last twelve months; who was erased is nobody. What is left: captures, less what was taken
-- back, refunded, charged back and kept as fees.
CREATE TEMP TABLE people AS
WITH erased AS (
    SELECT DISTINCT customer_id FROM customers WHERE erasures > 0
)
SELECT customer_id, currency, min(first_paid_on) AS first_paid_on,
       max(last_paid_on) AS last_paid_on, sum(payments)::BIGINT AS payments,
       count(DISTINCT day) FILTER (payments > 0) AS visits,
       sum(captured_minor - reversed_minor - refunded_minor - disputed_minor - fee_minor)::BIGINT
           AS net_minor,
       sum(CASE WHEN day >= getvariable('year_from') THEN payments ELSE 0 END)::BIGINT
           AS year_payments,
       sum(CASE WHEN day >= getvariable('year_from')
                THEN captured_minor - reversed_minor - refunded_minor - disputed_minor - fee_minor
                ELSE 0 END)::BIGINT AS year_minor,
       sum(CASE WHEN day >= getvariable('starts_on') THEN payments ELSE 0 END)::BIGINT
           AS month_payments
FROM customers
WHERE customer_id IS NOT NULL AND customer_id NOT IN (SELECT customer_id FROM erased)
GROUP BY customer_id, currency
HAVING sum(payments) > 0
