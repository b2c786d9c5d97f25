"""What comes back by mail: told apart (bounces, complaints, the rest), and the two ways in (SMTP/LMTP, a mailbox)."""
