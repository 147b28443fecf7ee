-- Charges by everything that a fee may depend on, with what a straight line through them needs.
SELECT gateway, account, method, brand, region, currency, paid_currency, day,
       count(*) AS charges, sum(gross_minor)::BIGINT AS gross_minor,
       sum(fee_minor)::BIGINT AS fee_minor,
       count(*) FILTER (WHERE fee_minor <> 0) AS fees,
       (coalesce(sum(gross_minor) FILTER (WHERE fee_minor <> 0), 0))::BIGINT AS sum_x,
       sum(CAST(gross_minor AS DECIMAL(18, 0)) * CAST(gross_minor AS DECIMAL(18, 0)))
           FILTER (WHERE fee_minor <> 0) AS sum_xx,
       sum(CAST(gross_minor AS DECIMAL(18, 0)) * CAST(fee_minor AS DECIMAL(18, 0)))
           FILTER (WHERE fee_minor <> 0) AS sum_xy,
       sum(CAST(fee_minor AS DECIMAL(18, 0)) * CAST(fee_minor AS DECIMAL(18, 0)))
           FILTER (WHERE fee_minor <> 0) AS sum_yy
FROM charged
GROUP BY ALL
ORDER BY ALL
