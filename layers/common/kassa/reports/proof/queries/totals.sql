-- What each account got of a period's postings, less what it gave, each fact once: the ledger's totals, for an
-- engine that didn't make the report to add up anew. Syntax that DuckDB and Trino share: Athena runs this as it
-- stands. Of copies of one fact the one that reports count comes first; a file that came after the report was
-- closed is none of its files.
WITH arrived AS (
    SELECT postings, row_number() OVER (PARTITION BY fact_id ORDER BY booked_at, event_id, version) AS copy
    FROM facts
    WHERE day BETWEEN $first_day AND $last_day
      AND merchant_id = $merchant_id
      AND booked_at AT TIME ZONE 'UTC' >= $starts_at
      AND booked_at AT TIME ZONE 'UTC' < $ends_at
      AND "$path" NOT IN ($later_files)
),
moved AS (
    SELECT posting.currency, posting.kind, posting.source, posting.destination, posting.amount_minor
    FROM arrived CROSS JOIN UNNEST(postings) AS each_of (posting)
    WHERE copy = 1
),
sides AS (
    SELECT currency, kind, destination AS account, amount_minor FROM moved
    UNION ALL
    SELECT currency, kind, source AS account, -amount_minor AS amount_minor FROM moved
)
SELECT currency, kind, account, sum(amount_minor) AS amount_minor
FROM sides
GROUP BY currency, kind, account
ORDER BY currency, kind, account
