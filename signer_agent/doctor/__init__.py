"""What is wrong with an installation of the agent, or soon will be, and what to do about it."""
