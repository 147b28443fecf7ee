SELECT count(*) FROM facts
