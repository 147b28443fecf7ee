-- How many customers had agreements on each day, erased ones left out.
SELECT closing, currency, count(DISTINCT customer_id)
FROM standing
WHERE customer_id NOT IN (SELECT customer_id FROM customers WHERE erasures > 0)
GROUP BY closing, currency
ORDER BY closing, currency
