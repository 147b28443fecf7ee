-- Captures and failed attempts by where they came from and what they were for: the country of the
-- card or payer, or else of the order; the order's channel and its products, which share an amount.
-- What nobody said is unknown, and counts all the same; a channel or product that is called as Kassa's own
-- lines are (`reserved`, a pattern) stands in quotes, so that none is taken for those.
WITH attributed AS MATERIALIZED (
    SELECT facts.file_index, facts.file_row_number, attributions.amount_minor, attributions.details
    FROM facts
    JOIN (
        SELECT fact_id, amount_minor, details FROM facts WHERE fact = 'PaymentAttributed'
    ) AS attributions ON attributions.fact_id = facts.fact_id || ':attributed'
    WHERE $is_attributed AND facts.fact IN ('PaymentCaptured', 'PaymentFailed')
),
described AS MATERIALIZED (
    SELECT tried.file_index, tried.file_row_number, min(described.card_country) AS country
    FROM narrow AS tried
    JOIN (
        SELECT payment, object, card_country
        FROM narrow
        WHERE fact = 'PaymentDescribed' AND card_country IS NOT NULL
    ) AS described USING (payment, object)
    WHERE tried.fact IN ('PaymentCaptured', 'PaymentFailed') AND tried.card_country IS NULL
    GROUP BY tried.file_index, tried.file_row_number
),
cleared AS (
    SELECT file_index, file_row_number, card_country, currency, amount_minor, 1 AS captures,
           0 AS failed
    FROM ($cleared)
    UNION ALL
    SELECT file_index, file_row_number, card_country, currency, 0, 0, 1
    FROM narrow
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
    LEFT JOIN attributed USING (file_index, file_row_number)
    LEFT JOIN described USING (file_index, file_row_number)
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
