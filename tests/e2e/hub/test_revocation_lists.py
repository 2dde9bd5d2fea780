"""A running landhub whose issuing authority publishes its list at one address only: the hub fetches it by itself."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from landhub.signatures.v1 import signatures_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb
from sandbox.demo.stack import Stack
from sandbox.foreign_signer import sign_detached
from tests.support.stack import connect, running_stack

DOCUMENT = "Договор купли-продажи".encode()
SEEN_SECONDS = 60.0  # it looks at its files again every five seconds; this machine may be busy
AGAIN_SECONDS = 0.2


@contextmanager
def publishing(file: Path) -> Iterator[str]:
    """An authority's web server with one file; yields its address."""

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/issuing.crl"
        server.shutdown()


async def report_with_a_list(stack: Stack, cms: bytes) -> signatures_pb2.VerificationReport:
    """Verify until the list is there."""
    request = pb.VerifySignatureRequest(content=DOCUMENT, cms=cms)
    async with connect(stack.installation) as client, asyncio.timeout(SEEN_SECONDS):
        while True:
            report = (await client.signatures.VerifySignature(request)).report
            (signer,) = report.signers
            if signer.sub_indication != "TRY_LATER":
                return report
            await asyncio.sleep(AGAIN_SECONDS)


def test_a_list_that_the_hub_fetches_is_what_its_reports_rest_on(tmp_path: Path) -> None:
    folder = tmp_path / "installation"
    with publishing(folder / "gost/issuing.crl") as url:
        settings = {
            "modules.signatures.trust.crls": ["gost/root.crl"],
            "modules.signatures.trust.fetching.points.issuing.url": url,
        }
        with running_stack(folder, settings=settings) as stack:
            ours = stack.installation
            cms = sign_detached(DOCUMENT, ours.buyer, ours.authority)
            report = asyncio.run(report_with_a_list(stack, cms))

    (signer,) = report.signers
    assert report.indication == signatures_pb2.INDICATION_TOTAL_PASSED
    assert signer.chain[0].revocation_status == signatures_pb2.REVOCATION_STATUS_GOOD
    assert signer.chain[0].crl_this_update_time.ToSeconds() > 0
