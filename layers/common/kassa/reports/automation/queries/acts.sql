-- What was done without anybody, each time counted once; of messages, those to customers alone.
SELECT fact, count(*)
FROM facts
WHERE fact IN ($acts)
  AND (fact <> 'MessageSent' OR json_extract_string(details, '$.audience') = 'customer')
GROUP BY fact
ORDER BY fact
