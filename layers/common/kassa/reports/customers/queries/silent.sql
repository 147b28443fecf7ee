-- Payers who came on three days or more: their usual gap, no less than a week, and their silence since.
CREATE TEMP TABLE silent AS
SELECT customer_id, currency, year_minor, last_paid_on,
       greatest(date_diff('day', first_paid_on, last_paid_on) / (visits - 1), 7) AS gap_days,
       date_diff('day', last_paid_on, getvariable('ends_on')) AS silent_days
FROM people
WHERE visits >= 3
