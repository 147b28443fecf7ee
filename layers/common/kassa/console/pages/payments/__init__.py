"""What the screens of payments show."""
