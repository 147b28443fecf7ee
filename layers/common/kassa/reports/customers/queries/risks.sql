-- How many of them are calm, late, at risk or gone, and what they brought in twelve months.
SELECT currency,
       CASE WHEN silent_days < 1.5 * gap_days THEN 'calm'
            WHEN silent_days < 2.5 * gap_days THEN 'late'
            WHEN silent_days < 5 * gap_days THEN 'at_risk'
            ELSE 'gone' END AS risk,
       count(*), sum(year_minor)::BIGINT
FROM silent
GROUP BY ALL
ORDER BY ALL
