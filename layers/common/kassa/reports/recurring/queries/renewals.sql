-- What each payment of an agreement came to on each day: 1 where it was collected, -1 where it was
-- taken back. Where the gateway names no agreement, a customer has one in a currency; of a customer
-- who has named ones, a payment that names none is what a change of plan cost, and no renewal. Days
-- kept by earlier releases name no payment: there the payments of a day are one, and what was taken
-- back belongs to the newest before it.
CREATE TEMP TABLE renewals AS
WITH marked AS (
    SELECT customer_id, currency, coalesce(agreement_id, '') AS agreement, payment_id, day,
           max(recurring) AS recurring, sum(renewals)::BIGINT AS renewals,
           max(renewed_minor) AS renewed_minor
    FROM customers
    WHERE recurring IS NOT NULL AND customer_id IS NOT NULL
      AND (agreement_id IS NOT NULL OR NOT EXISTS (
              SELECT 1 FROM customers AS named
              WHERE named.agreement_id IS NOT NULL AND named.recurring IS NOT NULL
                AND named.customer_id = customers.customer_id
                AND named.currency = customers.currency))
    GROUP BY customer_id, currency, coalesce(agreement_id, ''), payment_id, day
),
collected AS (
    SELECT DISTINCT customer_id, currency, agreement, payment_id, true AS is_named
    FROM marked
    WHERE renewals > 0 AND payment_id IS NOT NULL
)
SELECT customer_id, currency, agreement, day, recurring, renewals, renewed_minor,
       CASE WHEN is_named THEN payment_id
            ELSE max(CASE WHEN payment_id IS NULL AND renewals > 0 THEN day END)
                OVER (PARTITION BY customer_id, currency, agreement ORDER BY day)::VARCHAR
            END AS payment
FROM marked
LEFT JOIN collected USING (customer_id, currency, agreement, payment_id)
