"""Offline twins of the gateways: what all share; each gateway's own rules stand in its folder."""
