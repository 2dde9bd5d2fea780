"""What proves one signature, in one file: made by hub and signer agent, verified offline by anybody."""
