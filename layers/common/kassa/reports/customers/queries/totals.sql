-- What the month and the last twelve months came to in each currency, whoever paid.
SELECT currency,
       sum(CASE WHEN day >= getvariable('starts_on') THEN captured_minor ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('starts_on') THEN refunded_minor ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('starts_on') THEN payments ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('starts_on') THEN refunds ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('year_from') THEN captured_minor ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('year_from') THEN refunded_minor ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('year_from') THEN payments ELSE 0 END)::BIGINT,
       sum(CASE WHEN day >= getvariable('year_from') THEN refunds ELSE 0 END)::BIGINT,
       coalesce(sum(captured_minor - reversed_minor - refunded_minor - disputed_minor - fee_minor)
           FILTER (customer_id IS NULL
                   OR customer_id IN (SELECT customer_id FROM customers WHERE erasures > 0)),
           0)::BIGINT,
       sum(captured_minor - reversed_minor - refunded_minor - disputed_minor - fee_minor)::BIGINT
FROM customers
GROUP BY currency
HAVING sum(captured_minor) <> 0 OR sum(refunded_minor) <> 0
ORDER BY currency
