SELECT currency, sum(amount_minor)::BIGINT, count(*) FROM explained GROUP BY ALL ORDER BY ALL
