"""The command `hub`: a file a command, each turning its arguments into calls and its results into lines for people."""
