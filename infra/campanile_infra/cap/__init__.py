"""Common Alerting Protocol 1.2 (OASIS): messages, XML out and in, what they mean, signatures."""
