-- The postings that a figure is made of, each with what it adds to it. A figure is one part, or
-- several of which some are taken off; a part is what touches an account, of some kinds or of all.
CREATE TEMP VIEW explained AS
WITH parts(part, account, kinds, sign) AS (VALUES $parts),
posted AS (
    SELECT fact_id, fact, event_id, gateway, account, subject_kind, subject_id, booked_at,
           unnest(postings) AS posting
    FROM facts
    WHERE (getvariable('gateway') IS NULL OR gateway = getvariable('gateway'))
      AND (getvariable('account') IS NULL OR account = getvariable('account'))
)
SELECT part, fact_id, fact, event_id, gateway, posted.account, subject_kind, subject_id, posting.object_id,
       posting.kind, posting.source, posting.destination, posting.currency,
       sign * ((posting.destination = parts.account)::BIGINT - (posting.source = parts.account)::BIGINT)
       * posting.amount_minor AS amount_minor,
       booked_at, NULL::VARCHAR AS reason
FROM posted
JOIN parts ON parts.account IN (posting.source, posting.destination)
          AND (len(kinds) = 0 OR list_contains(kinds, posting.kind))
WHERE posting.kind NOT IN ($accrual)
  AND (getvariable('currency') IS NULL OR posting.currency = getvariable('currency'));
