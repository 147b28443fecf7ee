-- The report's figures as one would ask DuckDB for them: every fact once, then one query a figure.
CREATE TEMP TABLE facts AS
SELECT DISTINCT ON (fact_id) fact, gateway, account, subject_id, object_id, event_id, booked_at,
       currency, method, reason, postings
FROM read_parquet($files)
WHERE merchant_id = 'main'
  AND booked_at >= make_timestamptz($starts_us) AND booked_at < make_timestamptz($ends_us);

SELECT fact, count(*) FROM facts GROUP BY ALL;

SELECT p.currency, p.kind, p.source, p.destination, sum(p.amount_minor), count(*), min(event_id, 20)
FROM (SELECT event_id, unnest(postings) AS p FROM facts) GROUP BY ALL;

WITH described AS (
    SELECT gateway, account, subject_id, object_id, min(method) AS method
    FROM facts WHERE fact = 'PaymentDescribed' GROUP BY ALL
)
SELECT facts.currency, (epoch_us(booked_at) - $starts_us) // 3_600_000_000 AS booked_hour,
       coalesce(facts.method, described.method, 'unknown') AS named,
       sum(list_sum(list_transform(postings, lambda p: p.amount_minor))), count(*)
FROM facts LEFT JOIN described USING (gateway, account, subject_id, object_id)
WHERE fact = 'PaymentCaptured' GROUP BY ALL;

SELECT currency, count(DISTINCT (gateway, account, subject_id))
FROM facts WHERE fact = 'PaymentCaptured' GROUP BY ALL;

SELECT currency, reason, count(*), min(event_id, 20)
FROM facts WHERE fact = 'PaymentFailed' GROUP BY ALL;
