-- Each fact once, as view `facts`. Grouping whole facts takes a gigabyte for each million of them;
-- grouping their hashes takes a twentieth. Only facts whose hash repeats are then compared by
-- their ids, so two facts that share a hash both count.
CREATE TEMP TABLE repeated AS
SELECT hash(fact_id) AS fact_hash FROM arrived GROUP BY ALL HAVING count(*) > 1;

CREATE TEMP TABLE dropped AS
SELECT file_index, file_row_number FROM arrived
WHERE hash(fact_id) IN (FROM repeated)
QUALIFY row_number() OVER (
    PARTITION BY fact_id ORDER BY booked_at, event_id, version, file_index, file_row_number
) > 1;

CREATE TEMP VIEW facts AS
SELECT * FROM arrived ANTI JOIN dropped USING (file_index, file_row_number);
