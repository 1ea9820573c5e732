"""Items: the catalogue of what is sold, which tells nobody when it changes."""
