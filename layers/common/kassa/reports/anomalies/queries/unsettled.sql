-- Captures that no balance transaction followed within an account's usual delay, by account: those
-- that came due in the period. An account whose balance nobody pulls has no usual delay.
WITH settled AS (
    SELECT payment_key(gateway, account, subject_id) AS payment,
           min(epoch_us(booked_at)) AS settled_us
    FROM lines
    WHERE fact = 'BalanceTransactionBooked'
    GROUP BY payment
),
taken AS (
    SELECT gateway, account, currency, amount_minor, epoch_us(booked_at) AS captured_us, settled_us,
           -- ids of what is settled aren't asked for, and are most of what is known of it
           CASE WHEN settled_us IS NULL THEN subject_id END AS subject_id,
           CASE WHEN settled_us IS NULL THEN event_id END AS event_id
    FROM captures
    LEFT JOIN settled ON settled.payment = payment_key(gateway, account, subject_id)
),
usual AS (
    SELECT gateway, account, count(*) AS settlements,
           quantile_disc(settled_us - captured_us, 0.95) AS delay_us
    FROM taken
    WHERE settled_us IS NOT NULL
    GROUP BY gateway, account
    HAVING count(*) >= $settled_min
)
SELECT gateway, account, currency, count(*), sum(amount_minor)::BIGINT, min(captured_us),
       max(captured_us), any_value(delay_us), any_value(settlements),
       list_sort(list(subject_id)), list_sort(list(event_id))
FROM taken
JOIN usual USING (gateway, account)
WHERE settled_us IS NULL
  AND captured_us + delay_us * 3 // 2 + $slack_us >= getvariable('starts_us')
  AND captured_us + delay_us * 3 // 2 + $slack_us < getvariable('ends_us')
GROUP BY gateway, account, currency
ORDER BY ALL
