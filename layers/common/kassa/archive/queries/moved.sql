-- All postings of the period in one pass, small enough for every figure to be read off it:
-- captures by step and method, everything else by what it moved from where to where.
CREATE TEMP TABLE moved AS
SELECT posting.currency, posting.kind, posting.source, posting.destination,
       CASE WHEN posting.kind = 'capture' THEN step END AS step,
       CASE WHEN posting.kind = 'capture' THEN method END AS method,
       sum(posting.amount_minor) AS amount_minor,
       count(*) AS postings,
       $traced_event_ids AS event_ids
FROM (
    SELECT $step AS step,
           method, event_id, unnest(postings) AS posting
    FROM facts
)
GROUP BY ALL
