-- What each agreement collected on each day, less what was taken back: of several payments on one
-- day the largest. Where the gateway names no agreement, a customer has one in a currency.
CREATE TEMP TABLE renewals AS
SELECT customer_id, currency, coalesce(agreement_id, '') AS agreement, day,
       max(recurring) AS recurring, sum(renewals)::BIGINT AS renewals,
       max(renewed_minor) AS renewed_minor, max(report_day) AS report_day
FROM customers
WHERE recurring IS NOT NULL AND customer_id IS NOT NULL
GROUP BY customer_id, currency, coalesce(agreement_id, ''), day
