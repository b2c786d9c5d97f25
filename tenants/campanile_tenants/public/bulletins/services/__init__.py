"""Taking bulletins in, asking for them, and answering which colour a town has."""
