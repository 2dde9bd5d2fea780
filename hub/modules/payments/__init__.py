"""Module payments: takes money through acquirers, gives it back, and knows which happened."""
