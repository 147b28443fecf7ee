-- Payers of each currency, and what is left of them: on average, of the middle one, and in all.
SELECT currency, count(*), sum(net_minor)::BIGINT, quantile_disc(net_minor, 0.5),
       count(*) FILTER (month_payments > 0),
       count(*) FILTER (first_paid_on >= getvariable('starts_on'))
FROM people
GROUP BY currency
ORDER BY currency
