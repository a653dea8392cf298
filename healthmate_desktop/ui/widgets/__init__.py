"""Parts that screens are built from. They know the theme and nothing about health, services or stored things."""
