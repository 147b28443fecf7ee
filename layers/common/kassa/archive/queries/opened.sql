-- What the period's facts of invoices say they added to what is owed, or took from it, each once.
-- Only they have it, in the column `details`; files that hold none of them may lack that column.
WITH opened AS (
    SELECT fact_id, currency, any_value(json_extract(details, '$.change_minor')::BIGINT) AS change_minor
    FROM read_parquet(getvariable('files'), union_by_name = true)
    WHERE fact_id IN (SELECT fact_id FROM facts WHERE subject_kind = 'invoice')
    GROUP BY fact_id, currency
)
SELECT currency, sum(change_minor)::BIGINT FROM opened GROUP BY ALL ORDER BY ALL
