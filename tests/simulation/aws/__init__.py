"""The AWS services around handlers, as models under one schedule."""
