-- What parts a currency's payers into five equal parts, by recency, frequency and money.
SELECT currency, part,
       quantile_disc(date_diff('day', last_paid_on, getvariable('ends_on')), part),
       quantile_disc(year_payments, part), quantile_disc(year_minor, part)
FROM people, (SELECT unnest([0.2, 0.4, 0.6, 0.8]) AS part)
GROUP BY currency, part
ORDER BY currency, part
