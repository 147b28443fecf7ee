-- Refund requests of so many days in the archive's columns, with what people decided about those
-- that were escalated. Everything is drawn from hashes, so the same words give the same history;
-- the decisions are those of docs/policies/current.yaml.
CREATE TABLE drawn AS
SELECT n, 'rr_' || md5('r' || n)[:24] AS refund_request_id, 'pi_' || md5('p' || n)[:24] AS payment_id,
       'cus_' || md5('u' || hash(n * 11) % (1 + $requests // 2))[:14] AS customer_id,
       make_timestamptz($ends_us - 1 - (n * $days * 86_400_000_000::HUGEINT // $requests)::BIGINT) AS requested_at,
       CASE WHEN hash(n * 3) % 5 = 0 THEN 'JPY' ELSE 'EUR' END AS currency,
       (hash(n * 5) % 97 * (hash(n * 7) % 97) * 4 + 450)::BIGINT AS euro_minor,
       (hash(n * 13) % 11 * (hash(n * 17) % 12))::INT AS payment_age_days,
       ['not_received', 'damaged', 'not_as_described', 'changed_mind', 'changed_mind',
        'wrong_amount'][(1 + hash(n * 19) % 6)::INT] AS reason,
       (hash(n * 23) % 12)::INT AS customer_payments,
       (hash(n * 29) % 10 * (hash(n * 31) % 11))::INT AS risk_score,
       hash(n * 37) % 90 = 0 AS has_open_dispute,
       ['DE', 'FI', 'FR', 'JP'][(1 + hash(n * 41) % 4)::INT] AS country
FROM range($requests) AS numbers(n);

CREATE TABLE requested AS
SELECT *, CASE WHEN currency = 'JPY' THEN euro_minor * 3 // 2 ELSE euro_minor END AS amount_minor,
       CASE WHEN has_open_dispute THEN 'disputed'
            WHEN risk_score > 60 THEN 'risky'
            WHEN reason = 'changed_mind' AND payment_age_days > 60 THEN 'too-late'
            WHEN payment_age_days <= 30 AND currency = 'EUR' AND euro_minor <= 40_00 THEN 'small'
            WHEN payment_age_days <= 30 AND currency = 'JPY' AND euro_minor * 3 // 2 <= 6_000
            THEN 'small-yen'
            ELSE 'otherwise' END AS rule_id
FROM drawn;

CREATE TABLE decided AS
SELECT *, CASE rule_id WHEN 'too-late' THEN 'reject' WHEN 'small' THEN 'approve'
                       WHEN 'small-yen' THEN 'approve' ELSE 'escalate' END AS decision,
       hash(n * 43) % 20 > 0 AS is_decided,  -- by a person, within three days
       hash(n * 47) % 100 >= risk_score + euro_minor // 20_00 + CASE WHEN has_open_dispute THEN 60 ELSE 3 END
       AS is_granted
FROM requested;

CREATE TABLE published AS
SELECT n, 'RefundRequested' AS fact, 1::BIGINT AS version, requested_at,
       to_json({refund_request_id: refund_request_id, gateway: 'stripe', account: 'main',
                payment_id: payment_id, requested_by: '6f0a8c21d94be375', receipt: {
           decision: decision, why: 'policy', rule_id: rule_id, policy_version: 3, inputs: {
               amount: {amount_minor: amount_minor, currency: currency},
               payment_age_days: payment_age_days, amount_percent: 100, reason: reason,
               category: NULL, gateway: 'stripe', method: 'card', country: country,
               gateway_risk: 'normal', has_open_dispute: has_open_dispute,
               customer_payments: customer_payments, customer_age_days: 40 * customer_payments,
               customer_refunds: 0, refund_share_percent: 4, dispute_share_percent: 1,
               amount_ratio_percent: 100, requests_customer_day: 0, requests_card_day: 0,
               risk_score: risk_score},
           counterfactuals: [], score_parts: {refund_share: risk_score},
           decided_at: strftime(requested_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')}})::VARCHAR AS details
FROM decided
UNION ALL
SELECT n, CASE WHEN is_granted THEN 'RefundApproved' ELSE 'RefundRejected' END, 3,
       requested_at + to_seconds((hash(n * 53) % 200_000)::INT),
       to_json({refund_request_id: refund_request_id, gateway: 'stripe', account: 'main',
                payment_id: payment_id, "by": 'b27d90e45c13fa86', why: ''})::VARCHAR
FROM decided WHERE decision = 'escalate' AND is_decided;

COPY (
    SELECT refund_request_id || ':' || refund_request_id || ':' || version || '-' || fact AS fact_id,
           fact, refund_request_id || '#' || version AS event_id, 'main' AS merchant_id,
           'stripe' AS gateway, 'main' AS account, 'refund_request' AS subject_kind,
           refund_request_id AS subject_id, refund_request_id AS object_id, version,
           published.requested_at AS occurred_at, published.requested_at AS booked_at, currency, amount_minor,
           NULL::VARCHAR AS method, reason, NULL::VARCHAR AS order_id, customer_id,
           NULL::VARCHAR AS moves, NULL::BIGINT AS gross_minor, NULL::VARCHAR AS gross_currency,
           NULL::BIGINT AS fee_minor,
           []::STRUCT(object_id VARCHAR, kind VARCHAR, source VARCHAR, destination VARCHAR,
                      amount_minor BIGINT, currency VARCHAR)[] AS postings,
           details, strftime(published.requested_at AT TIME ZONE 'UTC', '%Y-%m-%d') AS day, n // $a_file AS part
    FROM published JOIN decided USING (n)
    WHERE published.requested_at < make_timestamptz($ends_us)
    ORDER BY published.requested_at
) TO '$folder' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day, part), OVERWRITE_OR_IGNORE);
