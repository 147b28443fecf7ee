-- What the chosen facts came to, small enough for every figure of every report to be read off it: each
-- fact counted by its name, and beside it (with a `kind`) each posting by what it moved. A capture
-- published without its method has that of the fact that described it; `published` is what it came with.
-- Facts are added up as numbers; only what they post is read from files.
CREATE TEMP TABLE counted AS
WITH timed AS NOT MATERIALIZED (
    SELECT 1 + (epoch_us(booked_at) - getvariable('starts_us')) // 900_000_000 AS quarter,
           event_id, gateway, account, facts.method AS published,
           coalesce(facts.method, descriptions.method) AS method,
           coalesce(facts.brand, descriptions.brand) AS brand, fact, reason, postings
    FROM facts
    LEFT JOIN descriptions USING (file_index, file_row_number)
),
measured AS (
    SELECT dimension_id, 1 + (booked_us - getvariable('starts_us')) // 900_000_000 AS quarter,
           descriptions.method AS described, descriptions.brand AS described_brand,
           count(*) AS count, sum(amount_minor) AS amount_minor
    FROM measures
    LEFT JOIN descriptions USING (file_index, file_row_number)
    GROUP BY ALL
)
SELECT getvariable('step_of_quarter')[quarter] AS step,
       getvariable('day_of_quarter')[quarter] AS day,
       getvariable('hour_of_quarter')[quarter] AS hour,
       currency, gateway, account, method AS published, coalesce(method, described) AS method,
       coalesce(brand, described_brand) AS brand, fact, reason,
       NULL::VARCHAR AS kind, NULL::VARCHAR AS source, NULL::VARCHAR AS destination,
       sum(count)::BIGINT AS count, sum(amount_minor)::BIGINT AS amount_minor,
       NULL::VARCHAR[] AS event_ids
FROM measured
JOIN dimensions USING (dimension_id)
GROUP BY ALL
UNION ALL
SELECT getvariable('step_of_quarter')[quarter], getvariable('day_of_quarter')[quarter], $hour,
       posting.currency, gateway, account, published, method, brand, fact, reason,
       posting.kind, posting.source, posting.destination,
       count(*), sum(posting.amount_minor)::BIGINT, $traced_event_ids
FROM (SELECT * EXCLUDE (postings), unnest(postings) AS posting FROM timed)
GROUP BY ALL
