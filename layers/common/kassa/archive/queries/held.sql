-- Few facts, each once, held in memory as table `facts`: for them a query takes longer to open files
-- than to add up, and so does finding what lies in them twice.
CREATE TEMP TABLE facts AS FROM arrived;

DELETE FROM facts WHERE rowid IN (
    SELECT rowid FROM facts
    QUALIFY row_number() OVER (
        PARTITION BY fact_id ORDER BY booked_at, event_id, version, file_index, file_row_number
    ) > 1
)
