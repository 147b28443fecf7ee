-- Captures that no balance transaction followed within an account's usual delay, by account: those
-- that came due in the period. An account whose balance nobody pulls has no usual delay.
WITH usual AS (
    SELECT gateway, account, count(*) AS settlements,
           quantile_disc(settled_us - captured_us, 0.95) AS delay_us
    FROM taken
    WHERE settled_us IS NOT NULL
    GROUP BY gateway, account
    HAVING count(*) >= $settled_min
),
due AS (
    SELECT file_index, file_row_number, captured_us, delay_us, settlements
    FROM taken
    JOIN usual USING (gateway, account)
    WHERE settled_us IS NULL
      AND captured_us + delay_us * 3 // 2 + $slack_us >= getvariable('starts_us')
      AND captured_us + delay_us * 3 // 2 + $slack_us < getvariable('ends_us')
)
SELECT gateway, account, currency, count(*), sum(amount_minor)::BIGINT, min(captured_us),
       max(captured_us), any_value(delay_us), any_value(settlements),
       $subject_ids, $event_ids
FROM captures
JOIN due USING (file_index, file_row_number)
GROUP BY gateway, account, currency
ORDER BY ALL
