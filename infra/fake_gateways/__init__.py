"""Offline fakes of the gateways: `kit` is what all share, a gateway's own rules have a folder."""
