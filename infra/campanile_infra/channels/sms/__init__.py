"""SMS: over AWS, and over SMPP as the second provider."""
