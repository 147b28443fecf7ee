-- Payers by the calendar month of their first payment, and by how many months later: how many paid
-- again, and what was left of them then.
SELECT people.currency, date_trunc('month', people.first_paid_on)::DATE AS cohort,
       date_diff('month', date_trunc('month', people.first_paid_on),
                 date_trunc('month', customers.day)) AS age,
       count(DISTINCT people.customer_id) FILTER (customers.payments > 0),
       sum(captured_minor - reversed_minor - refunded_minor - disputed_minor - fee_minor)::BIGINT
FROM people JOIN customers USING (customer_id, currency)
GROUP BY ALL
ORDER BY ALL
