"""What the API remembers in a town: mutations that were done, and which deprecated fields are still used."""
