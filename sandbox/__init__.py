"""Faithful simulators of every provider on loopback, with faults on demand.

In process: ``async with Sandbox.start(SandboxSettings(directory=...)) as sandbox`` (`sandbox.app`). As a process:
``python -m sandbox``. GOST certificates for tests and the demo: `sandbox.test_ca`. Nothing here
imports the hub or gost.
"""
