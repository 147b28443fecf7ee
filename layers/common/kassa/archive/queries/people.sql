-- Who decided in the period, the last word on a request first; not every "who" is a person.
SELECT subject_id, fact, json_extract_string(details, '$.by')
FROM facts
WHERE fact IN ('RefundApproved', 'RefundRejected')
ORDER BY booked_at DESC, version DESC
