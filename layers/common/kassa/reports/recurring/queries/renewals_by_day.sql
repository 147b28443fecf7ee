-- As the fourth layout of manifests has it. What each agreement collected on each day, less what was taken back: of several payments on one
-- day the largest. Where the gateway names no agreement, a customer has one in a currency; of a customer
-- who has named ones, a payment that names none is what a change of plan cost, and no renewal.
CREATE TEMP TABLE renewals AS
SELECT customer_id, currency, coalesce(agreement_id, '') AS agreement, day,
       max(recurring) AS recurring, sum(renewals)::BIGINT AS renewals,
       max(renewed_minor) AS renewed_minor, max(report_day) AS report_day
FROM customers
WHERE recurring IS NOT NULL AND customer_id IS NOT NULL
  AND (agreement_id IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM customers AS named
          WHERE named.agreement_id IS NOT NULL AND named.recurring IS NOT NULL
            AND named.customer_id = customers.customer_id AND named.currency = customers.currency))
GROUP BY customer_id, currency, coalesce(agreement_id, ''), day
