"""`kassa up`: Kassa and gateways run here, with real traffic."""
