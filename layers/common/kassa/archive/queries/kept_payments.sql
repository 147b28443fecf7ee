-- What later reports need of single payments and invoices: who paid what, when it reached the
-- balance and at what fee, which invoice was issued or touched. What was captured before the books
-- were opened never reaches a balance, and is left out.
CREATE TEMP VIEW kept_payments AS
SELECT fact, event_id, gateway, account, subject_id, object_id, occurred_at, booked_at, currency,
       amount_minor, method, brand, order_id, customer_id, gross_minor, gross_currency, fee_minor,
       file_index, file_row_number
FROM facts
WHERE fact IN ('PaymentCaptured', 'PaymentDescribed', 'InvoiceIssued', 'InvoiceSettled',
               'InvoiceCredited', 'InvoiceVoided', 'InvoiceWrittenOff', 'CreditNoteIssued')
   AND $is_of_the_books
   OR fact = 'BalanceTransactionBooked' AND moves = 'charge';

-- The same as numbers.
CREATE TEMP VIEW kept_numbers AS
SELECT * FROM narrow
ANTI JOIN opening USING (file_index, file_row_number)
WHERE fact IN ('PaymentCaptured', 'PaymentDescribed', 'InvoiceIssued', 'InvoiceSettled',
               'InvoiceCredited', 'InvoiceVoided', 'InvoiceWrittenOff', 'CreditNoteIssued')
UNION ALL BY NAME
SELECT * FROM narrow WHERE fact = 'BalanceTransactionBooked' AND moves = 'charge'
