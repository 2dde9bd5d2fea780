"""Land plots, rights to them, and the registration of their transfer."""
