package io.landhub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.landhub.rosreestr.v1.GetLandPlotRequest;
import io.landhub.rosreestr.v1.RosreestrServiceGrpc;
import java.io.File;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Calls a running hub through the generated stubs: `make test` starts one and names it in the environment. */
@EnabledIfEnvironmentVariable(named = "LANDHUB_ADDRESS", matches = ".+", disabledReason = "it names no hub to call")
class SmokeTest {
    private ManagedChannel channel;
    private RosreestrServiceGrpc.RosreestrServiceBlockingStub rosreestr;

    @BeforeEach
    void connect() throws Exception {
        var credentials = TlsChannelCredentials.newBuilder()
                .trustManager(new File(System.getenv("LANDHUB_CA")))
                .keyManager(new File(System.getenv("LANDHUB_CERTIFICATE")), new File(System.getenv("LANDHUB_KEY")))
                .build();
        channel = Grpc.newChannelBuilder(System.getenv("LANDHUB_ADDRESS"), credentials)
                .defaultServiceConfig(ServiceConfig.asMap())
                .build();
        rosreestr = RosreestrServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void aLandPlotIsLookedUpOverMutualTls() {
        var number = System.getenv("LANDHUB_PLOT");
        var plot = rosreestr.getLandPlot(request(number)).getLandPlot();
        assertEquals(number, plot.getCadastralNumber());
        assertFalse(plot.getAddress().isEmpty());
    }

    @Test
    void aRefusalSaysWhichFieldIsWrong() throws Exception {
        var refusal = assertThrows(StatusRuntimeException.class, () -> rosreestr.getLandPlot(request("nowhere")));
        assertEquals(Status.Code.INVALID_ARGUMENT, refusal.getStatus().getCode());
        var named = false;
        for (var detail : StatusProto.fromThrowable(refusal).getDetailsList()) {
            if (detail.is(BadRequest.class)) {
                var violation = detail.unpack(BadRequest.class).getFieldViolations(0);
                named = violation.getField().equals("cadastral_number");
            }
        }
        assertTrue(named, "no word of cadastral_number");
    }

    private static GetLandPlotRequest request(String number) {
        return GetLandPlotRequest.newBuilder().setCadastralNumber(number).build();
    }
}
