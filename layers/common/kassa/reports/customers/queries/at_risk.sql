-- Whom to write to first: at risk, and who brought most.
SELECT currency, customer_id, last_paid_on, round(gap_days)::BIGINT, silent_days, year_minor
FROM silent
WHERE silent_days >= 2.5 * gap_days AND silent_days < 5 * gap_days AND year_minor > 0
QUALIFY row_number() OVER (PARTITION BY currency ORDER BY year_minor DESC, customer_id) <= 20
ORDER BY currency, year_minor DESC, customer_id
