"""One module per revision; published ones never change."""
