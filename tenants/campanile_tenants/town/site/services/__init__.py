"""What is done with pages: write, publish, adopt, read from elsewhere, look after."""
