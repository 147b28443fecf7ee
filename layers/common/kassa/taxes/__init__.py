"""Rates of tax as data: what a merchant entered of each country and class, and when it holds."""
