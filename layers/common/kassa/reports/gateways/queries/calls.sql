-- How gateway accounts answered the runs of the watch: runs, those with a silence, calls, and
-- answers by how long they took.
SELECT gateway, account, count(*) AS runs,
       count(*) FILTER (WHERE CAST(json_extract_string(details, '$.unanswered') AS BIGINT) > 0),
       sum(CAST(json_extract_string(details, '$.answered') AS BIGINT))::BIGINT,
       sum(CAST(json_extract_string(details, '$.refused') AS BIGINT))::BIGINT,
       sum(CAST(json_extract_string(details, '$.unanswered') AS BIGINT))::BIGINT,
       $within
FROM facts
WHERE fact = 'GatewayCallsCounted'
GROUP BY gateway, account
ORDER BY gateway, account
