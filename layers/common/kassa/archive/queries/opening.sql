-- Where the facts lie that post what was captured before the books were opened.
CREATE TEMP TABLE opening AS
SELECT file_index, file_row_number FROM facts WHERE NOT ($is_of_the_books)
