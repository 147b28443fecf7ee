-- Captures by what they brought into a gateway's clearing, as their postings have it.
SELECT file_index, file_row_number, card_country, posting.currency AS currency,
       posting.amount_minor AS amount_minor
FROM (
    SELECT file_index, file_row_number, card_country, unnest(postings) AS posting
    FROM facts
    WHERE fact = 'PaymentCaptured'
)
WHERE posting.kind = 'capture' AND posting.destination = 'gateway_clearing'
