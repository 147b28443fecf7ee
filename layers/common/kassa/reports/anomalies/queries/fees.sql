-- Fees of settled captures by what they are charged for and day, as the sums that a line is fitted from.
SELECT gateway, account, method, brand, currency, gross_currency, day,
       count(*), sum(gross_minor)::BIGINT, sum(fee_minor)::BIGINT,
       sum(gross_minor::HUGEINT * gross_minor)::VARCHAR, sum(gross_minor::HUGEINT * fee_minor)::VARCHAR
FROM charges
GROUP BY gateway, account, method, brand, currency, gross_currency, day
ORDER BY ALL
