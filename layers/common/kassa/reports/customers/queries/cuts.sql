-- What parts a currency's payers into five equal parts, by recency, frequency and money.
SELECT currency,
       unnest(quantile_disc(date_diff('day', last_paid_on, getvariable('ends_on')),
                            [0.2, 0.4, 0.6, 0.8])),
       unnest(quantile_disc(year_payments, [0.2, 0.4, 0.6, 0.8])),
       unnest(quantile_disc(year_minor, [0.2, 0.4, 0.6, 0.8]))
FROM people
GROUP BY currency
ORDER BY currency
