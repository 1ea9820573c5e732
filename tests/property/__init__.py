"""Laws, shown by stories that hypothesis draws."""
