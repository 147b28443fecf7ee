-- The postings of a figure whose payments are of a line of the breakdown: of a method, a brand, a
-- country, a channel, a product, or of several of those at once; counted as the lines are, so that they
-- add up to what those say. `product_named` is what orders call the product. A payment of several products adds to each what its order's lines have.
CREATE TEMP TABLE narrowed AS
WITH attributed AS (
    SELECT fact_id, amount_minor, details
    FROM facts
    WHERE fact = 'PaymentAttributed'
),
described AS (
    SELECT gateway, account, subject_id, object_id, min(card_country) AS country
    FROM facts
    WHERE fact = 'PaymentDescribed' AND card_country IS NOT NULL
    GROUP BY gateway, account, subject_id, object_id
),
lines AS (
    SELECT facts.fact_id,
           coalesce(facts.method, descriptions.method, 'unknown') AS method,
           coalesce(facts.brand, descriptions.brand, 'unknown') AS brand,
           coalesce(facts.card_country, described.country,
                    json_extract_string(attributed.details, '$.country'), 'unknown') AS country,
           CASE WHEN regexp_matches(json_extract_string(attributed.details, '$.channel'),
                                    getvariable('reserved'))
                THEN concat('''', json_extract_string(attributed.details, '$.channel'), '''')
                ELSE coalesce(json_extract_string(attributed.details, '$.channel'), 'unknown')
                END AS channel,
           attributed.amount_minor AS attributed_minor,
           CAST(json_extract(attributed.details, '$.products') AS JSON[]) AS products
    FROM facts
    LEFT JOIN descriptions USING (file_index, file_row_number)
    LEFT JOIN attributed ON attributed.fact_id = facts.fact_id || ':attributed'
    LEFT JOIN described ON described.gateway = facts.gateway
                       AND described.account = facts.account
                       AND described.subject_id = facts.subject_id
                       AND described.object_id = facts.object_id
    WHERE facts.fact_id IN (SELECT fact_id FROM explained)
),
lined AS (
    SELECT explained.*, lines.* EXCLUDE (fact_id, products),
           -- of an amount that was booked in part before these books, no part is any product's
           CASE WHEN attributed_minor = amount_minor THEN coalesce(products, []) ELSE [] END AS shares
    FROM explained
    JOIN lines USING (fact_id)
)
SELECT * REPLACE (
           CASE WHEN getvariable('product') IS NULL OR len(shares) = 0 THEN amount_minor
                ELSE list_sum(list_transform(
                    list_filter(shares, lambda one:
                                json_extract_string(one, '$.product') = getvariable('product_named')),
                    lambda one: json_extract(one, '$.amount_minor')::BIGINT)) END::BIGINT
           AS amount_minor)
FROM lined
WHERE (getvariable('method') IS NULL OR method = getvariable('method'))
  AND (getvariable('brand') IS NULL OR brand = getvariable('brand'))
  AND (getvariable('country') IS NULL OR country = getvariable('country'))
  AND (getvariable('channel') IS NULL OR channel = getvariable('channel'))
  AND (getvariable('product') IS NULL
       OR (len(shares) = 0 AND getvariable('product') = 'unknown')
       OR len(list_filter(shares, lambda one:
                          json_extract_string(one, '$.product') = getvariable('product_named'))) > 0)
