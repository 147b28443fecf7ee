SELECT currency, sum(amount_minor)::BIGINT, count(*) FROM $source GROUP BY ALL ORDER BY ALL
