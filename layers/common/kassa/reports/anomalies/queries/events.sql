-- The events behind a count: what an account said of something in a part of the period.
SELECT currency, count(*), sum(amount_minor)::BIGINT,
       list_sort(list(DISTINCT subject_id))[1:$sample], list_sort(list(event_id))[1:$sample]
FROM facts
WHERE (file_index, file_row_number) IN (
    SELECT (file_index, file_row_number)
    FROM narrow
    WHERE fact = getvariable('which_fact')
      AND gateway = getvariable('which_gateway') AND account = getvariable('which_account')
      AND (getvariable('which_method') = ''
           OR coalesce(method, 'unknown') = getvariable('which_method'))
      AND occurred_us >= getvariable('from_us') AND occurred_us < getvariable('until_us')
)
GROUP BY currency
ORDER BY sum(amount_minor) DESC, currency
