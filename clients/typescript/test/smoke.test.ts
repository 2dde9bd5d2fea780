// Calls a running hub through the generated stubs: `make test` starts one and names it in the environment.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { credentials, status, type ServiceError } from "@grpc/grpc-js";
import { type GetLandPlotResponse, RosreestrServiceClient } from "../src/generated/landhub/rosreestr/v1/rosreestr_service.js";
import { serviceConfig } from "../src/generated/landhub/service_config.js";

const { LANDHUB_ADDRESS, LANDHUB_CA, LANDHUB_CERTIFICATE, LANDHUB_KEY, LANDHUB_PLOT = "" } = process.env;

if (LANDHUB_ADDRESS && LANDHUB_CA && LANDHUB_CERTIFICATE && LANDHUB_KEY) {
  const client = new RosreestrServiceClient(
    LANDHUB_ADDRESS,
    credentials.createSsl(readFileSync(LANDHUB_CA), readFileSync(LANDHUB_KEY), readFileSync(LANDHUB_CERTIFICATE)),
    { "grpc.service_config": serviceConfig },
  );
  after(() => client.close());

  const getLandPlot = (cadastralNumber: string) =>
    new Promise<GetLandPlotResponse>((resolve, reject) => {
      client.getLandPlot({ cadastralNumber, maxAge: undefined }, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });

  test("a land plot is looked up over mutual TLS", async () => {
    const { landPlot } = await getLandPlot(LANDHUB_PLOT);
    assert.equal(landPlot?.cadastralNumber, LANDHUB_PLOT);
    assert.notEqual(landPlot?.address, "");
  });

  test("a refusal says which field is wrong", async () => {
    await assert.rejects(getLandPlot("nowhere"), (error: ServiceError) => {
      assert.equal(error.code, status.INVALID_ARGUMENT);
      // google.rpc.Status in bytes: the field's name stands in it as it is.
      const [details] = error.metadata.get("grpc-status-details-bin");
      assert.ok(Buffer.isBuffer(details) && details.includes("cadastral_number"));
      return true;
    });
  });
} else {
  test("a hub is called", { skip: "LANDHUB_ADDRESS and its files name no hub to call" }, () => {});
}
