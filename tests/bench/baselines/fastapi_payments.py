"""Taking a payment as the sketch did: a session and a token for each, nothing kept, nothing known after a crash.

TLS on both of its sides, as the hub has it: callers keep their connections to both, and the bank is met anew for each.

usage: fastapi_payments.py FOLDER BANK_PORT PORT
"""

import ssl
import sys
import uuid
from pathlib import Path

import aiohttp
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Asked(BaseModel):
    """A payment in kopecks."""

    amount: int
    description: str
    return_url: str


def application(bank: str, tls: ssl.SSLContext) -> FastAPI:
    """One route, POST /payments."""
    app = FastAPI()

    @app.post("/payments")
    async def create_payment(asked: Asked) -> dict[str, str]:
        # One session for both requests, so one handshake; one TLS context, as aiohttp keeps of its own.
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
            async with session.post(f"{bank}/token", data={"grant_type": "client_credentials"}) as response:
                token = (await response.json())["access_token"]
            order = {
                "amount": asked.amount,
                "orderNumber": uuid.uuid4().hex,
                "description": asked.description,
                "returnUrl": asked.return_url,
                "currency": "643",
            }
            headers = {"Authorization": f"Bearer {token}"}
            async with session.post(f"{bank}/register.do", json=order, headers=headers) as response:
                opened = await response.json()
        return {"id": opened["orderId"], "payment_url": opened["formUrl"]}

    return app


if __name__ == "__main__":
    folder, bank_port, port = sys.argv[1:]
    tls = Path(folder) / "tls"
    context = ssl.create_default_context(cafile=tls / "ca.crt")
    uvicorn.run(
        application(f"https://localhost:{bank_port}", context),
        port=int(port),
        ssl_certfile=tls / "server.pem",  # callers come by TLS to both; the hub asks for their certificate besides
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
