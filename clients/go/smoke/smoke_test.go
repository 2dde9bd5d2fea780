// Package smoke calls a running hub through the generated stubs: `make test` starts one and names it in the environment.
package smoke

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/landhub/landhub/clients/go/landhub"
	rosreestrv1 "github.com/landhub/landhub/clients/go/landhub/rosreestr/v1"
)

func TestALandPlotIsLookedUpOverMutualTLS(t *testing.T) {
	client, ctx := connect(t)
	answer, err := client.GetLandPlot(ctx, &rosreestrv1.GetLandPlotRequest{CadastralNumber: setting(t, "LANDHUB_PLOT")})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := answer.GetLandPlot().GetCadastralNumber(), setting(t, "LANDHUB_PLOT"); got != want {
		t.Fatalf("asked for %s, got %s", want, got)
	}
	if answer.GetLandPlot().GetAddress() == "" {
		t.Fatal("the plot has no address")
	}
}

func TestARefusalSaysWhichFieldIsWrong(t *testing.T) {
	client, ctx := connect(t)
	_, err := client.GetLandPlot(ctx, &rosreestrv1.GetLandPlotRequest{CadastralNumber: "nowhere"})
	if status.Code(err) != codes.InvalidArgument {
		t.Fatalf("got %v", err)
	}
	for _, detail := range status.Convert(err).Details() {
		if request, ok := detail.(*errdetails.BadRequest); ok {
			if field := request.GetFieldViolations()[0].GetField(); field == "cadastral_number" {
				return
			}
		}
	}
	t.Fatalf("no word of cadastral_number in %v", status.Convert(err).Details())
}

func connect(t *testing.T) (rosreestrv1.RosreestrServiceClient, context.Context) {
	t.Helper()
	certificate, err := tls.LoadX509KeyPair(setting(t, "LANDHUB_CERTIFICATE"), setting(t, "LANDHUB_KEY"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(setting(t, "LANDHUB_CA"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	connection, err := grpc.NewClient(
		setting(t, "LANDHUB_ADDRESS"),
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{certificate},
			RootCAs:      roots,
		})),
		grpc.WithDefaultServiceConfig(landhub.ServiceConfig),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return rosreestrv1.NewRosreestrServiceClient(connection), ctx
}

func setting(t *testing.T, name string) string {
	t.Helper()
	value, there := os.LookupEnv(name)
	if !there {
		t.Skipf("%s names no hub to call", name)
	}
	return value
}
