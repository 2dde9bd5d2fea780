package io.landhub.signer.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SignerServiceGrpc {

  private SignerServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.signer.v1.SignerService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.ListCertificatesRequest,
      io.landhub.signer.v1.ListCertificatesResponse> getListCertificatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCertificates",
      requestType = io.landhub.signer.v1.ListCertificatesRequest.class,
      responseType = io.landhub.signer.v1.ListCertificatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.ListCertificatesRequest,
      io.landhub.signer.v1.ListCertificatesResponse> getListCertificatesMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.ListCertificatesRequest, io.landhub.signer.v1.ListCertificatesResponse> getListCertificatesMethod;
    if ((getListCertificatesMethod = SignerServiceGrpc.getListCertificatesMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getListCertificatesMethod = SignerServiceGrpc.getListCertificatesMethod) == null) {
          SignerServiceGrpc.getListCertificatesMethod = getListCertificatesMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.ListCertificatesRequest, io.landhub.signer.v1.ListCertificatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCertificates"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.ListCertificatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.ListCertificatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("ListCertificates"))
              .build();
        }
      }
    }
    return getListCertificatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.GetCertificateRequest,
      io.landhub.signer.v1.GetCertificateResponse> getGetCertificateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCertificate",
      requestType = io.landhub.signer.v1.GetCertificateRequest.class,
      responseType = io.landhub.signer.v1.GetCertificateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.GetCertificateRequest,
      io.landhub.signer.v1.GetCertificateResponse> getGetCertificateMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.GetCertificateRequest, io.landhub.signer.v1.GetCertificateResponse> getGetCertificateMethod;
    if ((getGetCertificateMethod = SignerServiceGrpc.getGetCertificateMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getGetCertificateMethod = SignerServiceGrpc.getGetCertificateMethod) == null) {
          SignerServiceGrpc.getGetCertificateMethod = getGetCertificateMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.GetCertificateRequest, io.landhub.signer.v1.GetCertificateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCertificate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.GetCertificateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.GetCertificateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("GetCertificate"))
              .build();
        }
      }
    }
    return getGetCertificateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.SignRequest,
      io.landhub.signer.v1.SignResponse> getSignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Sign",
      requestType = io.landhub.signer.v1.SignRequest.class,
      responseType = io.landhub.signer.v1.SignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.SignRequest,
      io.landhub.signer.v1.SignResponse> getSignMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.SignRequest, io.landhub.signer.v1.SignResponse> getSignMethod;
    if ((getSignMethod = SignerServiceGrpc.getSignMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getSignMethod = SignerServiceGrpc.getSignMethod) == null) {
          SignerServiceGrpc.getSignMethod = getSignMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.SignRequest, io.landhub.signer.v1.SignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Sign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("Sign"))
              .build();
        }
      }
    }
    return getSignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.SignBatchRequest,
      io.landhub.signer.v1.SignBatchResponse> getSignBatchMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignBatch",
      requestType = io.landhub.signer.v1.SignBatchRequest.class,
      responseType = io.landhub.signer.v1.SignBatchResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.SignBatchRequest,
      io.landhub.signer.v1.SignBatchResponse> getSignBatchMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.SignBatchRequest, io.landhub.signer.v1.SignBatchResponse> getSignBatchMethod;
    if ((getSignBatchMethod = SignerServiceGrpc.getSignBatchMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getSignBatchMethod = SignerServiceGrpc.getSignBatchMethod) == null) {
          SignerServiceGrpc.getSignBatchMethod = getSignBatchMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.SignBatchRequest, io.landhub.signer.v1.SignBatchResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignBatch"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignBatchRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignBatchResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("SignBatch"))
              .build();
        }
      }
    }
    return getSignBatchMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.SignStreamRequest,
      io.landhub.signer.v1.SignStreamResponse> getSignStreamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignStream",
      requestType = io.landhub.signer.v1.SignStreamRequest.class,
      responseType = io.landhub.signer.v1.SignStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.SignStreamRequest,
      io.landhub.signer.v1.SignStreamResponse> getSignStreamMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.SignStreamRequest, io.landhub.signer.v1.SignStreamResponse> getSignStreamMethod;
    if ((getSignStreamMethod = SignerServiceGrpc.getSignStreamMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getSignStreamMethod = SignerServiceGrpc.getSignStreamMethod) == null) {
          SignerServiceGrpc.getSignStreamMethod = getSignStreamMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.SignStreamRequest, io.landhub.signer.v1.SignStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignStream"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignStreamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("SignStream"))
              .build();
        }
      }
    }
    return getSignStreamMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.SignEsiaRequest,
      io.landhub.signer.v1.SignEsiaResponse> getSignEsiaMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignEsia",
      requestType = io.landhub.signer.v1.SignEsiaRequest.class,
      responseType = io.landhub.signer.v1.SignEsiaResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.SignEsiaRequest,
      io.landhub.signer.v1.SignEsiaResponse> getSignEsiaMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.SignEsiaRequest, io.landhub.signer.v1.SignEsiaResponse> getSignEsiaMethod;
    if ((getSignEsiaMethod = SignerServiceGrpc.getSignEsiaMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getSignEsiaMethod = SignerServiceGrpc.getSignEsiaMethod) == null) {
          SignerServiceGrpc.getSignEsiaMethod = getSignEsiaMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.SignEsiaRequest, io.landhub.signer.v1.SignEsiaResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignEsia"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignEsiaRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.SignEsiaResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("SignEsia"))
              .build();
        }
      }
    }
    return getSignEsiaMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.GetStatusRequest,
      io.landhub.signer.v1.GetStatusResponse> getGetStatusMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetStatus",
      requestType = io.landhub.signer.v1.GetStatusRequest.class,
      responseType = io.landhub.signer.v1.GetStatusResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.GetStatusRequest,
      io.landhub.signer.v1.GetStatusResponse> getGetStatusMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.GetStatusRequest, io.landhub.signer.v1.GetStatusResponse> getGetStatusMethod;
    if ((getGetStatusMethod = SignerServiceGrpc.getGetStatusMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getGetStatusMethod = SignerServiceGrpc.getGetStatusMethod) == null) {
          SignerServiceGrpc.getGetStatusMethod = getGetStatusMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.GetStatusRequest, io.landhub.signer.v1.GetStatusResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetStatus"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.GetStatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.GetStatusResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("GetStatus"))
              .build();
        }
      }
    }
    return getGetStatusMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.ListJournalRecordsRequest,
      io.landhub.signer.v1.ListJournalRecordsResponse> getListJournalRecordsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListJournalRecords",
      requestType = io.landhub.signer.v1.ListJournalRecordsRequest.class,
      responseType = io.landhub.signer.v1.ListJournalRecordsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.ListJournalRecordsRequest,
      io.landhub.signer.v1.ListJournalRecordsResponse> getListJournalRecordsMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.ListJournalRecordsRequest, io.landhub.signer.v1.ListJournalRecordsResponse> getListJournalRecordsMethod;
    if ((getListJournalRecordsMethod = SignerServiceGrpc.getListJournalRecordsMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getListJournalRecordsMethod = SignerServiceGrpc.getListJournalRecordsMethod) == null) {
          SignerServiceGrpc.getListJournalRecordsMethod = getListJournalRecordsMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.ListJournalRecordsRequest, io.landhub.signer.v1.ListJournalRecordsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListJournalRecords"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.ListJournalRecordsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.ListJournalRecordsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("ListJournalRecords"))
              .build();
        }
      }
    }
    return getListJournalRecordsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.ExportEvidenceRequest,
      io.landhub.signer.v1.ExportEvidenceResponse> getExportEvidenceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportEvidence",
      requestType = io.landhub.signer.v1.ExportEvidenceRequest.class,
      responseType = io.landhub.signer.v1.ExportEvidenceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.ExportEvidenceRequest,
      io.landhub.signer.v1.ExportEvidenceResponse> getExportEvidenceMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.ExportEvidenceRequest, io.landhub.signer.v1.ExportEvidenceResponse> getExportEvidenceMethod;
    if ((getExportEvidenceMethod = SignerServiceGrpc.getExportEvidenceMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getExportEvidenceMethod = SignerServiceGrpc.getExportEvidenceMethod) == null) {
          SignerServiceGrpc.getExportEvidenceMethod = getExportEvidenceMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.ExportEvidenceRequest, io.landhub.signer.v1.ExportEvidenceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportEvidence"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.ExportEvidenceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.ExportEvidenceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("ExportEvidence"))
              .build();
        }
      }
    }
    return getExportEvidenceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signer.v1.CountersignCheckpointRequest,
      io.landhub.signer.v1.CountersignCheckpointResponse> getCountersignCheckpointMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CountersignCheckpoint",
      requestType = io.landhub.signer.v1.CountersignCheckpointRequest.class,
      responseType = io.landhub.signer.v1.CountersignCheckpointResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signer.v1.CountersignCheckpointRequest,
      io.landhub.signer.v1.CountersignCheckpointResponse> getCountersignCheckpointMethod() {
    io.grpc.MethodDescriptor<io.landhub.signer.v1.CountersignCheckpointRequest, io.landhub.signer.v1.CountersignCheckpointResponse> getCountersignCheckpointMethod;
    if ((getCountersignCheckpointMethod = SignerServiceGrpc.getCountersignCheckpointMethod) == null) {
      synchronized (SignerServiceGrpc.class) {
        if ((getCountersignCheckpointMethod = SignerServiceGrpc.getCountersignCheckpointMethod) == null) {
          SignerServiceGrpc.getCountersignCheckpointMethod = getCountersignCheckpointMethod =
              io.grpc.MethodDescriptor.<io.landhub.signer.v1.CountersignCheckpointRequest, io.landhub.signer.v1.CountersignCheckpointResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CountersignCheckpoint"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.CountersignCheckpointRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signer.v1.CountersignCheckpointResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignerServiceMethodDescriptorSupplier("CountersignCheckpoint"))
              .build();
        }
      }
    }
    return getCountersignCheckpointMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SignerServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignerServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignerServiceStub>() {
        @java.lang.Override
        public SignerServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignerServiceStub(channel, callOptions);
        }
      };
    return SignerServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SignerServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignerServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignerServiceBlockingV2Stub>() {
        @java.lang.Override
        public SignerServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignerServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SignerServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SignerServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignerServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignerServiceBlockingStub>() {
        @java.lang.Override
        public SignerServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignerServiceBlockingStub(channel, callOptions);
        }
      };
    return SignerServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SignerServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignerServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignerServiceFutureStub>() {
        @java.lang.Override
        public SignerServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignerServiceFutureStub(channel, callOptions);
        }
      };
    return SignerServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * List the certificates this agent can sign with.
     * </pre>
     */
    default void listCertificates(io.landhub.signer.v1.ListCertificatesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.ListCertificatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCertificatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    default void getCertificate(io.landhub.signer.v1.GetCertificateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.GetCertificateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCertificateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign one document by its digest. The same (request_id, digest) again answers the same signature.
     * </pre>
     */
    default void sign(io.landhub.signer.v1.SignRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign up to 256 documents; one that fails doesn't fail the others.
     * </pre>
     */
    default void signBatch(io.landhub.signer.v1.SignBatchRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignBatchResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSignBatchMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign a document that the agent sees: it hashes it while it streams in, holds it to the rule and journals what it saw.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignStreamRequest> signStream(
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignStreamResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getSignStreamMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign the string of a request to ЕСИА (`client_secret`), which the agent itself builds from typed parameters.
     * </pre>
     */
    default void signEsia(io.landhub.signer.v1.SignEsiaRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignEsiaResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSignEsiaMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tell how the agent is.
     * </pre>
     */
    default void getStatus(io.landhub.signer.v1.GetStatusRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.GetStatusResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetStatusMethod(), responseObserver);
    }

    /**
     * <pre>
     * List journal entries, oldest first.
     * </pre>
     */
    default void listJournalRecords(io.landhub.signer.v1.ListJournalRecordsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.ListJournalRecordsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListJournalRecordsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Hand out what the agent has to prove a signature it made: the hub adds its own and makes the file of evidence.
     * </pre>
     */
    default void exportEvidence(io.landhub.signer.v1.ExportEvidenceRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.ExportEvidenceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportEvidenceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Take the hub's audit checkpoint into the journal, countersign it, and hand out the journal's own for the hub to keep.
     * </pre>
     */
    default void countersignCheckpoint(io.landhub.signer.v1.CountersignCheckpointRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.CountersignCheckpointResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCountersignCheckpointMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SignerService.
   * <pre>
   * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
   * </pre>
   */
  public static abstract class SignerServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SignerServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SignerService.
   * <pre>
   * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
   * </pre>
   */
  public static final class SignerServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SignerServiceStub> {
    private SignerServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignerServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignerServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates this agent can sign with.
     * </pre>
     */
    public void listCertificates(io.landhub.signer.v1.ListCertificatesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.ListCertificatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCertificatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public void getCertificate(io.landhub.signer.v1.GetCertificateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.GetCertificateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCertificateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sign one document by its digest. The same (request_id, digest) again answers the same signature.
     * </pre>
     */
    public void sign(io.landhub.signer.v1.SignRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sign up to 256 documents; one that fails doesn't fail the others.
     * </pre>
     */
    public void signBatch(io.landhub.signer.v1.SignBatchRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignBatchResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSignBatchMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sign a document that the agent sees: it hashes it while it streams in, holds it to the rule and journals what it saw.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignStreamRequest> signStream(
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignStreamResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getSignStreamMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Sign the string of a request to ЕСИА (`client_secret`), which the agent itself builds from typed parameters.
     * </pre>
     */
    public void signEsia(io.landhub.signer.v1.SignEsiaRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignEsiaResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSignEsiaMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tell how the agent is.
     * </pre>
     */
    public void getStatus(io.landhub.signer.v1.GetStatusRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.GetStatusResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetStatusMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List journal entries, oldest first.
     * </pre>
     */
    public void listJournalRecords(io.landhub.signer.v1.ListJournalRecordsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.ListJournalRecordsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListJournalRecordsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Hand out what the agent has to prove a signature it made: the hub adds its own and makes the file of evidence.
     * </pre>
     */
    public void exportEvidence(io.landhub.signer.v1.ExportEvidenceRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.ExportEvidenceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExportEvidenceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Take the hub's audit checkpoint into the journal, countersign it, and hand out the journal's own for the hub to keep.
     * </pre>
     */
    public void countersignCheckpoint(io.landhub.signer.v1.CountersignCheckpointRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signer.v1.CountersignCheckpointResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCountersignCheckpointMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SignerService.
   * <pre>
   * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
   * </pre>
   */
  public static final class SignerServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SignerServiceBlockingV2Stub> {
    private SignerServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignerServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignerServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates this agent can sign with.
     * </pre>
     */
    public io.landhub.signer.v1.ListCertificatesResponse listCertificates(io.landhub.signer.v1.ListCertificatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCertificatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public io.landhub.signer.v1.GetCertificateResponse getCertificate(io.landhub.signer.v1.GetCertificateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign one document by its digest. The same (request_id, digest) again answers the same signature.
     * </pre>
     */
    public io.landhub.signer.v1.SignResponse sign(io.landhub.signer.v1.SignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign up to 256 documents; one that fails doesn't fail the others.
     * </pre>
     */
    public io.landhub.signer.v1.SignBatchResponse signBatch(io.landhub.signer.v1.SignBatchRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSignBatchMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign a document that the agent sees: it hashes it while it streams in, holds it to the rule and journals what it saw.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.landhub.signer.v1.SignStreamRequest, io.landhub.signer.v1.SignStreamResponse>
        signStream() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getSignStreamMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Sign the string of a request to ЕСИА (`client_secret`), which the agent itself builds from typed parameters.
     * </pre>
     */
    public io.landhub.signer.v1.SignEsiaResponse signEsia(io.landhub.signer.v1.SignEsiaRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSignEsiaMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tell how the agent is.
     * </pre>
     */
    public io.landhub.signer.v1.GetStatusResponse getStatus(io.landhub.signer.v1.GetStatusRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List journal entries, oldest first.
     * </pre>
     */
    public io.landhub.signer.v1.ListJournalRecordsResponse listJournalRecords(io.landhub.signer.v1.ListJournalRecordsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListJournalRecordsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Hand out what the agent has to prove a signature it made: the hub adds its own and makes the file of evidence.
     * </pre>
     */
    public io.landhub.signer.v1.ExportEvidenceResponse exportEvidence(io.landhub.signer.v1.ExportEvidenceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExportEvidenceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take the hub's audit checkpoint into the journal, countersign it, and hand out the journal's own for the hub to keep.
     * </pre>
     */
    public io.landhub.signer.v1.CountersignCheckpointResponse countersignCheckpoint(io.landhub.signer.v1.CountersignCheckpointRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCountersignCheckpointMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SignerService.
   * <pre>
   * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
   * </pre>
   */
  public static final class SignerServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SignerServiceBlockingStub> {
    private SignerServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignerServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignerServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates this agent can sign with.
     * </pre>
     */
    public io.landhub.signer.v1.ListCertificatesResponse listCertificates(io.landhub.signer.v1.ListCertificatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCertificatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public io.landhub.signer.v1.GetCertificateResponse getCertificate(io.landhub.signer.v1.GetCertificateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign one document by its digest. The same (request_id, digest) again answers the same signature.
     * </pre>
     */
    public io.landhub.signer.v1.SignResponse sign(io.landhub.signer.v1.SignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign up to 256 documents; one that fails doesn't fail the others.
     * </pre>
     */
    public io.landhub.signer.v1.SignBatchResponse signBatch(io.landhub.signer.v1.SignBatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSignBatchMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign the string of a request to ЕСИА (`client_secret`), which the agent itself builds from typed parameters.
     * </pre>
     */
    public io.landhub.signer.v1.SignEsiaResponse signEsia(io.landhub.signer.v1.SignEsiaRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSignEsiaMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tell how the agent is.
     * </pre>
     */
    public io.landhub.signer.v1.GetStatusResponse getStatus(io.landhub.signer.v1.GetStatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List journal entries, oldest first.
     * </pre>
     */
    public io.landhub.signer.v1.ListJournalRecordsResponse listJournalRecords(io.landhub.signer.v1.ListJournalRecordsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListJournalRecordsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Hand out what the agent has to prove a signature it made: the hub adds its own and makes the file of evidence.
     * </pre>
     */
    public io.landhub.signer.v1.ExportEvidenceResponse exportEvidence(io.landhub.signer.v1.ExportEvidenceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExportEvidenceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take the hub's audit checkpoint into the journal, countersign it, and hand out the journal's own for the hub to keep.
     * </pre>
     */
    public io.landhub.signer.v1.CountersignCheckpointResponse countersignCheckpoint(io.landhub.signer.v1.CountersignCheckpointRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCountersignCheckpointMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SignerService.
   * <pre>
   * The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself.
   * </pre>
   */
  public static final class SignerServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SignerServiceFutureStub> {
    private SignerServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignerServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignerServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates this agent can sign with.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.ListCertificatesResponse> listCertificates(
        io.landhub.signer.v1.ListCertificatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCertificatesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.GetCertificateResponse> getCertificate(
        io.landhub.signer.v1.GetCertificateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCertificateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sign one document by its digest. The same (request_id, digest) again answers the same signature.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.SignResponse> sign(
        io.landhub.signer.v1.SignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sign up to 256 documents; one that fails doesn't fail the others.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.SignBatchResponse> signBatch(
        io.landhub.signer.v1.SignBatchRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSignBatchMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sign the string of a request to ЕСИА (`client_secret`), which the agent itself builds from typed parameters.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.SignEsiaResponse> signEsia(
        io.landhub.signer.v1.SignEsiaRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSignEsiaMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Tell how the agent is.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.GetStatusResponse> getStatus(
        io.landhub.signer.v1.GetStatusRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetStatusMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List journal entries, oldest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.ListJournalRecordsResponse> listJournalRecords(
        io.landhub.signer.v1.ListJournalRecordsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListJournalRecordsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Hand out what the agent has to prove a signature it made: the hub adds its own and makes the file of evidence.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.ExportEvidenceResponse> exportEvidence(
        io.landhub.signer.v1.ExportEvidenceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExportEvidenceMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Take the hub's audit checkpoint into the journal, countersign it, and hand out the journal's own for the hub to keep.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signer.v1.CountersignCheckpointResponse> countersignCheckpoint(
        io.landhub.signer.v1.CountersignCheckpointRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCountersignCheckpointMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_CERTIFICATES = 0;
  private static final int METHODID_GET_CERTIFICATE = 1;
  private static final int METHODID_SIGN = 2;
  private static final int METHODID_SIGN_BATCH = 3;
  private static final int METHODID_SIGN_ESIA = 4;
  private static final int METHODID_GET_STATUS = 5;
  private static final int METHODID_LIST_JOURNAL_RECORDS = 6;
  private static final int METHODID_EXPORT_EVIDENCE = 7;
  private static final int METHODID_COUNTERSIGN_CHECKPOINT = 8;
  private static final int METHODID_SIGN_STREAM = 9;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_LIST_CERTIFICATES:
          serviceImpl.listCertificates((io.landhub.signer.v1.ListCertificatesRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.ListCertificatesResponse>) responseObserver);
          break;
        case METHODID_GET_CERTIFICATE:
          serviceImpl.getCertificate((io.landhub.signer.v1.GetCertificateRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.GetCertificateResponse>) responseObserver);
          break;
        case METHODID_SIGN:
          serviceImpl.sign((io.landhub.signer.v1.SignRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignResponse>) responseObserver);
          break;
        case METHODID_SIGN_BATCH:
          serviceImpl.signBatch((io.landhub.signer.v1.SignBatchRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignBatchResponse>) responseObserver);
          break;
        case METHODID_SIGN_ESIA:
          serviceImpl.signEsia((io.landhub.signer.v1.SignEsiaRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignEsiaResponse>) responseObserver);
          break;
        case METHODID_GET_STATUS:
          serviceImpl.getStatus((io.landhub.signer.v1.GetStatusRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.GetStatusResponse>) responseObserver);
          break;
        case METHODID_LIST_JOURNAL_RECORDS:
          serviceImpl.listJournalRecords((io.landhub.signer.v1.ListJournalRecordsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.ListJournalRecordsResponse>) responseObserver);
          break;
        case METHODID_EXPORT_EVIDENCE:
          serviceImpl.exportEvidence((io.landhub.signer.v1.ExportEvidenceRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.ExportEvidenceResponse>) responseObserver);
          break;
        case METHODID_COUNTERSIGN_CHECKPOINT:
          serviceImpl.countersignCheckpoint((io.landhub.signer.v1.CountersignCheckpointRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.CountersignCheckpointResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_SIGN_STREAM:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.signStream(
              (io.grpc.stub.StreamObserver<io.landhub.signer.v1.SignStreamResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getListCertificatesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.ListCertificatesRequest,
              io.landhub.signer.v1.ListCertificatesResponse>(
                service, METHODID_LIST_CERTIFICATES)))
        .addMethod(
          getGetCertificateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.GetCertificateRequest,
              io.landhub.signer.v1.GetCertificateResponse>(
                service, METHODID_GET_CERTIFICATE)))
        .addMethod(
          getSignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.SignRequest,
              io.landhub.signer.v1.SignResponse>(
                service, METHODID_SIGN)))
        .addMethod(
          getSignBatchMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.SignBatchRequest,
              io.landhub.signer.v1.SignBatchResponse>(
                service, METHODID_SIGN_BATCH)))
        .addMethod(
          getSignStreamMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              io.landhub.signer.v1.SignStreamRequest,
              io.landhub.signer.v1.SignStreamResponse>(
                service, METHODID_SIGN_STREAM)))
        .addMethod(
          getSignEsiaMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.SignEsiaRequest,
              io.landhub.signer.v1.SignEsiaResponse>(
                service, METHODID_SIGN_ESIA)))
        .addMethod(
          getGetStatusMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.GetStatusRequest,
              io.landhub.signer.v1.GetStatusResponse>(
                service, METHODID_GET_STATUS)))
        .addMethod(
          getListJournalRecordsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.ListJournalRecordsRequest,
              io.landhub.signer.v1.ListJournalRecordsResponse>(
                service, METHODID_LIST_JOURNAL_RECORDS)))
        .addMethod(
          getExportEvidenceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.ExportEvidenceRequest,
              io.landhub.signer.v1.ExportEvidenceResponse>(
                service, METHODID_EXPORT_EVIDENCE)))
        .addMethod(
          getCountersignCheckpointMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signer.v1.CountersignCheckpointRequest,
              io.landhub.signer.v1.CountersignCheckpointResponse>(
                service, METHODID_COUNTERSIGN_CHECKPOINT)))
        .build();
  }

  private static abstract class SignerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SignerServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.signer.v1.SignerServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SignerService");
    }
  }

  private static final class SignerServiceFileDescriptorSupplier
      extends SignerServiceBaseDescriptorSupplier {
    SignerServiceFileDescriptorSupplier() {}
  }

  private static final class SignerServiceMethodDescriptorSupplier
      extends SignerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SignerServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SignerServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SignerServiceFileDescriptorSupplier())
              .addMethod(getListCertificatesMethod())
              .addMethod(getGetCertificateMethod())
              .addMethod(getSignMethod())
              .addMethod(getSignBatchMethod())
              .addMethod(getSignStreamMethod())
              .addMethod(getSignEsiaMethod())
              .addMethod(getGetStatusMethod())
              .addMethod(getListJournalRecordsMethod())
              .addMethod(getExportEvidenceMethod())
              .addMethod(getCountersignCheckpointMethod())
              .build();
        }
      }
    }
    return result;
  }
}
