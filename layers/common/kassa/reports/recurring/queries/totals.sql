-- What stood on each day, by currency and interval.
SELECT closing, currency, recurring, count(DISTINCT customer_id), sum(year_minor)::BIGINT
FROM standing
GROUP BY closing, currency, recurring
ORDER BY closing, currency, recurring
