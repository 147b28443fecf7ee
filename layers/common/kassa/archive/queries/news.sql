-- What of the arrived facts no earlier report has seen. What arrives late is little, so the many
-- files seen before are only searched for it.
CREATE TEMP TABLE known AS
SELECT DISTINCT fact_id FROM read_parquet(getvariable('seen'))
WHERE fact_id IN (SELECT fact_id FROM arrived);

CREATE TEMP TABLE news AS SELECT * FROM arrived ANTI JOIN known USING (fact_id);
DROP VIEW arrived;
CREATE TEMP VIEW arrived AS FROM news;
