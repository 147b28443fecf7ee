-- A day of payments: each captured and settled with its fee, some described, refunded or refused.
CREATE TABLE trade AS
WITH payment AS (
    SELECT n, 'pi_' || md5('p' || n)[:24] AS payment_id, 'ch_' || md5('c' || n)[:24] AS charge_id,
           'txn_' || md5('t' || n)[:24] AS transaction_id,
           (hash(n) % 50000 + 100)::BIGINT AS amount,
           ['EUR', 'JPY', 'HKD', 'KWD'][(1 + hash(n * 7) % 4)::INT] AS currency,
           CASE WHEN hash(n * 3) % 10 > 0
                THEN ['card', 'card', 'card', 'wallet', 'cash', 'pay_later'][(1 + hash(n * 13) % 6)::INT]
           END AS method,
           make_timestamptz($starts_us + n * 86_000_000_000 // $payments) AS booked_at
    FROM range($payments) AS numbers(n)
)
SELECT 'PaymentCaptured' AS fact, n, payment_id AS subject_id, charge_id AS object_id, booked_at,
       currency, amount, method, NULL AS reason,
       [{kind: 'capture', source: 'customers', destination: 'gateway_clearing', amount: amount}] AS moves
FROM payment
UNION ALL
SELECT 'PaymentDescribed', n, payment_id, charge_id, booked_at, currency, amount, 'bank_transfer', NULL, []
FROM payment WHERE method IS NULL AND hash(n * 5) % 2 = 0
UNION ALL
SELECT 'BalanceTransactionBooked', n, payment_id, transaction_id, booked_at, currency, amount,
       method, NULL,
       [{kind: 'settlement', source: 'gateway_clearing', destination: 'gateway_balance', amount: amount},
        {kind: 'fee', source: 'gateway_balance', destination: 'gateway_fees', amount: amount * 3 // 100 + 1}]
FROM payment
UNION ALL
SELECT 'RefundSucceeded', n, payment_id, 're_' || md5('r' || n)[:24], booked_at, currency, amount // 2,
       NULL, NULL,
       [{kind: 'refund', source: 'gateway_clearing', destination: 'customers', amount: amount // 2}]
FROM payment WHERE hash(n * 17) % 33 = 0
UNION ALL
SELECT 'PaymentFailed', n, payment_id, 'ch_' || md5('f' || n)[:24], booked_at, currency, amount,
       'card', 'card_declined', []
FROM payment WHERE hash(n * 19) % 16 = 0;

CREATE TABLE archive AS
SELECT subject_id || ':' || object_id || ':' || fact AS fact_id, fact,
       'evt_' || md5(fact || n)[:24] AS event_id, 'main' AS merchant_id, 'stripe' AS gateway,
       'main' AS account, 'payment' AS subject_kind, subject_id, object_id, 1::BIGINT AS version,
       booked_at AS occurred_at, booked_at, currency, amount AS amount_minor, method,
       CASE method WHEN 'card' THEN 'visa' WHEN 'wallet' THEN 'paypay' WHEN 'cash' THEN 'konbini'
                   WHEN 'pay_later' THEN 'klarna' WHEN 'bank_transfer' THEN 'ideal' END AS brand,
       CASE WHEN method = 'card' THEN ['FI', 'JP', 'US'][(1 + n % 3)::INT] END AS card_country, reason,
       CASE WHEN fact = 'PaymentCaptured' THEN 'order_' || n END AS order_id,
       CASE WHEN fact = 'PaymentCaptured' THEN 'cus_' || md5('u' || n % 200000)[:14] END AS customer_id,
       CASE WHEN fact = 'BalanceTransactionBooked' THEN 'charge' END AS moves,
       CASE WHEN fact = 'BalanceTransactionBooked' THEN amount END AS gross_minor,
       CASE WHEN fact = 'BalanceTransactionBooked' THEN currency END AS gross_currency,
       CASE WHEN fact = 'BalanceTransactionBooked' THEN amount * 3 // 100 + 1 END AS fee_minor,
       list_transform(moves, lambda m: {
           object_id: object_id, kind: m.kind, source: m.source, destination: m.destination,
           amount_minor: m.amount, currency: currency
       }) AS postings,
       row_number() OVER (ORDER BY booked_at, n, fact) AS place
FROM trade
