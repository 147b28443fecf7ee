-- Refund requests that were decided in the period: by whom, how, and how long that took from the
-- request. Earlier versions didn't say when it was requested; then the period's own requests do.
WITH requested AS (
    SELECT subject_id, min(epoch_us(occurred_at)) AS requested_us
    FROM facts
    WHERE fact = 'RefundRequested'
    GROUP BY subject_id
),
decided AS (
    SELECT CASE WHEN json_extract_string(details, '$.by') IN ('policy', 'kassa') THEN 'policy'
                ELSE 'people' END AS decided_by,
           fact, epoch_us(occurred_at) - coalesce(
               epoch_us(CAST(json_extract_string(details, '$.requested_at') AS TIMESTAMPTZ)),
               requested_us
           ) AS wait_us
    FROM facts
    LEFT JOIN requested USING (subject_id)
    WHERE fact IN ('RefundApproved', 'RefundRejected')
)
SELECT decided_by, count(*) FILTER (WHERE fact = 'RefundApproved'),
       count(*) FILTER (WHERE fact = 'RefundRejected'), count(wait_us),
       quantile_disc(wait_us, 0.5), quantile_disc(wait_us, 0.9)
FROM decided
GROUP BY decided_by
ORDER BY decided_by
