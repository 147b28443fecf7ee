-- Captures and failed attempts by where they came from and what they were for: the country of the
-- card or payer, or else of the order; the order's channel and its products, which share an amount.
-- What nobody said is unknown, and counts all the same; a channel or product that is called as Kassa's own
-- lines are (`reserved`, a pattern) stands in quotes, so that none is taken for those.
WITH attributed AS MATERIALIZED (
    SELECT fact_id, amount_minor, details
    FROM facts
    WHERE fact = 'PaymentAttributed'
),
described AS MATERIALIZED (
    SELECT gateway, account, subject_id, object_id, min(card_country) AS country
    FROM facts
    WHERE fact = 'PaymentDescribed' AND card_country IS NOT NULL
    GROUP BY gateway, account, subject_id, object_id
),
cleared AS (
    SELECT fact_id, gateway, account, subject_id, object_id, card_country,
           posting.currency AS currency, posting.amount_minor AS amount_minor, 1 AS captures,
           0 AS failed
    FROM (SELECT *, unnest(postings) AS posting FROM facts WHERE fact = 'PaymentCaptured')
    WHERE posting.kind = 'capture' AND posting.destination = 'gateway_clearing'
    UNION ALL
    SELECT fact_id, gateway, account, subject_id, object_id, card_country, currency, 0, 0, 1
    FROM facts
    WHERE fact = 'PaymentFailed'
),
paid AS MATERIALIZED (
    SELECT cleared.currency,
           coalesce(card_country, described.country,
                    json_extract_string(attributed.details, '$.country'), 'unknown') AS country,
           json_extract_string(attributed.details, '$.channel') AS channel,
           -- of an amount that was booked in part before these books, no part is any product's
           CASE WHEN failed = 1 OR attributed.amount_minor = cleared.amount_minor
                THEN json_extract(attributed.details, '$.products')::VARCHAR END AS products,
           sum(cleared.amount_minor)::BIGINT AS amount_minor, sum(captures)::BIGINT AS captures,
           sum(failed)::BIGINT AS failed
    FROM cleared
    LEFT JOIN attributed ON attributed.fact_id = cleared.fact_id || ':attributed'
    LEFT JOIN described ON described.gateway = cleared.gateway
                       AND described.account = cleared.account
                       AND described.subject_id = cleared.subject_id
                       AND described.object_id = cleared.object_id
    GROUP BY ALL
),
sold AS (
    SELECT currency, json_extract_string(share, '$.product') AS name, captures, failed,
           json_extract(share, '$.amount_minor')::BIGINT * captures AS amount_minor
    FROM (
        SELECT currency, captures, failed, unnest(CAST(CAST(products AS JSON) AS JSON[])) AS share
        FROM paid
        WHERE products <> '[]'
    )
    UNION ALL
    SELECT currency, NULL, captures, failed, amount_minor
    FROM paid
    WHERE products IS NULL OR products = '[]'
),
named AS (
    SELECT 'channels' AS cut, currency, channel AS name, amount_minor, captures, failed FROM paid
    UNION ALL
    SELECT 'products', currency, name, amount_minor, captures, failed FROM sold
)
SELECT 'countries' AS cut, currency, country AS name, sum(amount_minor)::BIGINT AS amount_minor,
       sum(captures)::BIGINT AS captures, sum(failed)::BIGINT AS failed
FROM paid
GROUP BY currency, country
UNION ALL
SELECT cut, currency,
       CASE WHEN name IS NULL THEN 'unknown'
            WHEN regexp_matches(name, getvariable('reserved')) THEN concat('''', name, '''')
            ELSE name END AS name,
       sum(amount_minor)::BIGINT, sum(captures)::BIGINT, sum(failed)::BIGINT
FROM named
GROUP BY ALL
ORDER BY cut, currency, name
