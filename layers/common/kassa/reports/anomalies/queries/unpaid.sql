-- Invoices that came due in the period, and that nothing was heard of since they were issued.
WITH touched AS (
    SELECT DISTINCT subject_id FROM lines
    WHERE fact IN ('InvoiceSettled', 'InvoiceCredited', 'InvoiceVoided', 'InvoiceWrittenOff',
                   'CreditNoteIssued')
)
SELECT subject_id, currency, amount_minor, customer_id, event_id, epoch_us(occurred_at),
       epoch_us(booked_at)
FROM lines
ANTI JOIN touched USING (subject_id)
WHERE fact = 'InvoiceIssued'
  AND amount_minor > 0
  AND epoch_us(booked_at) + $due_us >= getvariable('starts_us')
  AND epoch_us(booked_at) + $due_us < getvariable('ends_us')
ORDER BY ALL
