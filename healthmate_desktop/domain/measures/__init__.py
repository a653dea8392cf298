"""What a measurement is made of: numbers, units, ranges, flags, dates and names, as laboratories print them."""
