-- Refunds that left for the bank in the period, and how long that took from the request.
WITH accepted AS (
    SELECT gateway, account, json_extract_string(details, '$.refund_id') AS refund_id,
           min(epoch_us(CAST(json_extract_string(details, '$.requested_at') AS TIMESTAMPTZ)))
               AS requested_us
    FROM facts
    WHERE fact = 'RefundAccepted'
    GROUP BY gateway, account, refund_id
),
banked AS (
    SELECT gateway, account, object_id AS refund_id, min(epoch_us(occurred_at)) AS banked_us
    FROM facts
    WHERE fact = 'RefundSucceeded'
    GROUP BY gateway, account, object_id
)
SELECT count(*), quantile_disc(banked_us - requested_us, 0.5),
       quantile_disc(banked_us - requested_us, 0.9)
FROM accepted
JOIN banked USING (gateway, account, refund_id)
WHERE requested_us IS NOT NULL
