-- What people decided in the period, the last word on a request first.
SELECT subject_id, fact
FROM facts
WHERE fact IN ('RefundApproved', 'RefundRejected')
  AND json_extract_string(said, '$.by') NOT IN ('policy', 'kassa', 'gateway')
ORDER BY booked_at DESC, version DESC
