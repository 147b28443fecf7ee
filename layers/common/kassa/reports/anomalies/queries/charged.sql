-- Payments and events behind the fees of some of the period's days, the first ones of each day.
WITH found AS (
    SELECT file_index, file_row_number, day
    FROM charges
    WHERE gateway = getvariable('which_gateway') AND account = getvariable('which_account')
      AND method = getvariable('which_method') AND brand = getvariable('which_brand')
      AND currency = getvariable('which_currency') AND gross_currency = getvariable('which_balance')
      AND day >= greatest(getvariable('from_day'), 0) AND day <= getvariable('until_day')
)
SELECT day, $subject_ids, $event_ids
FROM lines
JOIN found USING (file_index, file_row_number)
GROUP BY day
