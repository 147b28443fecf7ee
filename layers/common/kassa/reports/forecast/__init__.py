"""The forecast: what the next weeks will bring, and how far such forecasts were off so far."""
