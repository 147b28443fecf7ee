-- Some of a figure's postings, in an order of their own, so that pages follow each other.
SELECT part, fact, event_id, gateway, account, subject_kind, subject_id, object_id,
       kind, source, destination, currency, amount_minor, epoch_us(booked_at), reason
FROM $source
ORDER BY booked_at, gateway, account, subject_id, event_id, object_id, kind, part, amount_minor
LIMIT $limit OFFSET $offset
