"""Shares in whole percent, shrunk to a mean where they are of few; integers only.

A share of few payments says little: one refund of one payment is "100 %". So a customer's share
is the empirical Bayes estimate of a rate: with a beta prior of the merchant's mean m that weighs
as much as k payments, the posterior mean of x among n is (x + k·m) / (n + k). The idea is Robbins'
(An Empirical Bayes Approach to Statistics, 1956); Efron and Morris (Data Analysis Using Stein's
Estimator, 1975) show why it beats each customer's own share. k is chosen, not estimated: with 10,
below ten payments the share is mostly the mean, and from ten on mostly the customer's own.
"""

K = 10  # payments that the mean weighs as much as


def shrunk_percent(hits: int, payments: int, mean_hits: int, mean_payments: int) -> int:
    """Return (hits + k·mean) / (payments + k) as a whole percent, rounded half up."""
    weighed = hits * mean_payments + K * mean_hits
    return half_up(100 * weighed, (payments + K) * mean_payments)


def percent(hits: int, payments: int) -> int:
    """Return a share as a whole percent, rounded half up."""
    return half_up(100 * hits, payments)


def half_up(dividend: int, divisor: int) -> int:
    """Divide to the nearest integer, a half going up; for nothing negative."""
    return (2 * dividend + divisor) // (2 * divisor)


def rounded_up(dividend: int, divisor: int) -> int:
    """Divide to the next integer, so that no fraction slips under a bound."""
    return -(-dividend // divisor)
