"""Signing as the sketch had it, behind gRPC with mTLS: a process to sign each document, and one to verify it.

usage: sign_processes.py GOST_FOLDER PORT PKI   (PKI: server.crt, server.key, ca.crt)
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from sandbox.demo.installation import SELLER
from sandbox.foreign_signer import sign_detached, verify_detached
from sandbox.test_ca import Issued, TestAuthority

METHOD = "/sketch.Signing/Sign"
_THREADS = 32  # as many as are asked for at a time


def signed_and_verified(document: bytes, issued: Issued, authority: TestAuthority) -> bytes:
    """A detached CAdES-BES that a second process has verified."""
    cms = sign_detached(document, issued, authority)
    verify_detached(document, cms, authority.chain_path)
    return cms


def serve(issued: Issued, authority: TestAuthority, port: int, pki: Path) -> None:
    """Serve for ever."""
    server = grpc.server(ThreadPoolExecutor(_THREADS))

    def sign(document: bytes, context: object) -> bytes:
        return signed_and_verified(document, issued, authority)

    service, _, method = METHOD[1:].partition("/")
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {method: grpc.unary_unary_rpc_method_handler(sign)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    pair = ((pki / "server.key").read_bytes(), (pki / "server.crt").read_bytes())
    credentials = grpc.ssl_server_credentials(
        [pair], root_certificates=(pki / "ca.crt").read_bytes(), require_client_auth=True
    )
    server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    folder, listen, channel = sys.argv[1:]
    gost = TestAuthority.open(Path(folder))
    serve(gost.issue("sketch", SELLER), gost, int(listen), Path(channel))
