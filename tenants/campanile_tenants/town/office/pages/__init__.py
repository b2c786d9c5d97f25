"""Pages of the back office that belong to no module; those about access also serve the centre's console."""
