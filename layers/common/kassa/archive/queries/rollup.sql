-- What the facts of one day came to: each fact counted by its name, and beside it (with a `kind`)
-- each posting by what it moved. A capture published without its method has that of
-- the fact that described it on the same day.
COPY (
    WITH undescribed AS MATERIALIZED (
        SELECT gateway, account, subject_id, object_id, fact, method, brand, reason, booked_at,
               currency, amount_minor, postings
        FROM facts
        WHERE fact = 'PaymentDescribed' OR (fact = 'PaymentCaptured' AND method IS NULL)
    ),
    descriptions AS (
        SELECT gateway, account, subject_id, object_id, min(method) AS method, min(brand) AS brand
        FROM undescribed
        WHERE fact = 'PaymentDescribed'
        GROUP BY gateway, account, subject_id, object_id
    ),
    described AS (
        SELECT booked_at, currency, gateway, account, method, brand, fact, reason, amount_minor,
               postings
        FROM facts
        WHERE fact <> 'PaymentCaptured' OR method IS NOT NULL
        UNION ALL
        SELECT booked_at, currency, gateway, account, descriptions.method,
               coalesce(undescribed.brand, descriptions.brand), fact, reason, amount_minor, postings
        FROM undescribed
        LEFT JOIN descriptions USING (gateway, account, subject_id, object_id)
        WHERE fact = 'PaymentCaptured'
    ),
    moved AS (
        SELECT $hour AS hour, CAST($day AS DATE) AS day, currency, gateway, account, method, brand,
               fact, reason, amount_minor, unnest(list_concat([NULL], postings)) AS posting
        FROM described
    )
    SELECT CAST($report_day AS DATE) AS report_day, day, hour,
           coalesce(posting.currency, currency) AS currency, gateway, account, method, brand, fact,
           reason, posting.kind AS kind, posting.source AS source,
           posting.destination AS destination, count(*) AS count,
           sum(coalesce(posting.amount_minor, amount_minor))::BIGINT AS amount_minor
    FROM moved
    GROUP BY ALL
) TO $parquet (FORMAT parquet)
