"""The engine, on the weights that the installer puts into models/."""
