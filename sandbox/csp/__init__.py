"""An emulator of CryptoPro CSP's command-line tools: real options, texts and exit codes, real GOST signatures.

The tools import nothing but the standard library and start in some 30 ms; only `setup` needs more.
"""
