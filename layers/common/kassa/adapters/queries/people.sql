-- What people decided in the period; the last word on a request comes last.
SELECT subject_id, fact
FROM facts
WHERE fact IN ('RefundApproved', 'RefundRejected')
  AND json_extract_string(said, '$.by') NOT IN ('policy', 'kassa')
ORDER BY booked_at, version
