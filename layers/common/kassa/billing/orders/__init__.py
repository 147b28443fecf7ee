"""Orders as billing reads them: what their invoice will say, and what it will lack."""
