package io.landhub.signatures.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Sign documents by the agents that hold the keys, and verify what others signed.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SignaturesServiceGrpc {

  private SignaturesServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.signatures.v1.SignaturesService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.ListCertificatesRequest,
      io.landhub.signatures.v1.ListCertificatesResponse> getListCertificatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCertificates",
      requestType = io.landhub.signatures.v1.ListCertificatesRequest.class,
      responseType = io.landhub.signatures.v1.ListCertificatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.ListCertificatesRequest,
      io.landhub.signatures.v1.ListCertificatesResponse> getListCertificatesMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.ListCertificatesRequest, io.landhub.signatures.v1.ListCertificatesResponse> getListCertificatesMethod;
    if ((getListCertificatesMethod = SignaturesServiceGrpc.getListCertificatesMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getListCertificatesMethod = SignaturesServiceGrpc.getListCertificatesMethod) == null) {
          SignaturesServiceGrpc.getListCertificatesMethod = getListCertificatesMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.ListCertificatesRequest, io.landhub.signatures.v1.ListCertificatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCertificates"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.ListCertificatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.ListCertificatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("ListCertificates"))
              .build();
        }
      }
    }
    return getListCertificatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.GetCertificateRequest,
      io.landhub.signatures.v1.GetCertificateResponse> getGetCertificateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCertificate",
      requestType = io.landhub.signatures.v1.GetCertificateRequest.class,
      responseType = io.landhub.signatures.v1.GetCertificateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.GetCertificateRequest,
      io.landhub.signatures.v1.GetCertificateResponse> getGetCertificateMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.GetCertificateRequest, io.landhub.signatures.v1.GetCertificateResponse> getGetCertificateMethod;
    if ((getGetCertificateMethod = SignaturesServiceGrpc.getGetCertificateMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getGetCertificateMethod = SignaturesServiceGrpc.getGetCertificateMethod) == null) {
          SignaturesServiceGrpc.getGetCertificateMethod = getGetCertificateMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.GetCertificateRequest, io.landhub.signatures.v1.GetCertificateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCertificate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.GetCertificateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.GetCertificateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("GetCertificate"))
              .build();
        }
      }
    }
    return getGetCertificateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDocumentRequest,
      io.landhub.signatures.v1.SignDocumentResponse> getSignDocumentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignDocument",
      requestType = io.landhub.signatures.v1.SignDocumentRequest.class,
      responseType = io.landhub.signatures.v1.SignDocumentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDocumentRequest,
      io.landhub.signatures.v1.SignDocumentResponse> getSignDocumentMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDocumentRequest, io.landhub.signatures.v1.SignDocumentResponse> getSignDocumentMethod;
    if ((getSignDocumentMethod = SignaturesServiceGrpc.getSignDocumentMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getSignDocumentMethod = SignaturesServiceGrpc.getSignDocumentMethod) == null) {
          SignaturesServiceGrpc.getSignDocumentMethod = getSignDocumentMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.SignDocumentRequest, io.landhub.signatures.v1.SignDocumentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignDocument"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.SignDocumentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.SignDocumentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("SignDocument"))
              .build();
        }
      }
    }
    return getSignDocumentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDocumentStreamRequest,
      io.landhub.signatures.v1.SignDocumentStreamResponse> getSignDocumentStreamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignDocumentStream",
      requestType = io.landhub.signatures.v1.SignDocumentStreamRequest.class,
      responseType = io.landhub.signatures.v1.SignDocumentStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDocumentStreamRequest,
      io.landhub.signatures.v1.SignDocumentStreamResponse> getSignDocumentStreamMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDocumentStreamRequest, io.landhub.signatures.v1.SignDocumentStreamResponse> getSignDocumentStreamMethod;
    if ((getSignDocumentStreamMethod = SignaturesServiceGrpc.getSignDocumentStreamMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getSignDocumentStreamMethod = SignaturesServiceGrpc.getSignDocumentStreamMethod) == null) {
          SignaturesServiceGrpc.getSignDocumentStreamMethod = getSignDocumentStreamMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.SignDocumentStreamRequest, io.landhub.signatures.v1.SignDocumentStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignDocumentStream"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.SignDocumentStreamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.SignDocumentStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("SignDocumentStream"))
              .build();
        }
      }
    }
    return getSignDocumentStreamMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDigestsRequest,
      io.landhub.signatures.v1.SignDigestsResponse> getSignDigestsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignDigests",
      requestType = io.landhub.signatures.v1.SignDigestsRequest.class,
      responseType = io.landhub.signatures.v1.SignDigestsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDigestsRequest,
      io.landhub.signatures.v1.SignDigestsResponse> getSignDigestsMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.SignDigestsRequest, io.landhub.signatures.v1.SignDigestsResponse> getSignDigestsMethod;
    if ((getSignDigestsMethod = SignaturesServiceGrpc.getSignDigestsMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getSignDigestsMethod = SignaturesServiceGrpc.getSignDigestsMethod) == null) {
          SignaturesServiceGrpc.getSignDigestsMethod = getSignDigestsMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.SignDigestsRequest, io.landhub.signatures.v1.SignDigestsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignDigests"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.SignDigestsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.SignDigestsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("SignDigests"))
              .build();
        }
      }
    }
    return getSignDigestsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.GetSignatureRequest,
      io.landhub.signatures.v1.GetSignatureResponse> getGetSignatureMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSignature",
      requestType = io.landhub.signatures.v1.GetSignatureRequest.class,
      responseType = io.landhub.signatures.v1.GetSignatureResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.GetSignatureRequest,
      io.landhub.signatures.v1.GetSignatureResponse> getGetSignatureMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.GetSignatureRequest, io.landhub.signatures.v1.GetSignatureResponse> getGetSignatureMethod;
    if ((getGetSignatureMethod = SignaturesServiceGrpc.getGetSignatureMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getGetSignatureMethod = SignaturesServiceGrpc.getGetSignatureMethod) == null) {
          SignaturesServiceGrpc.getGetSignatureMethod = getGetSignatureMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.GetSignatureRequest, io.landhub.signatures.v1.GetSignatureResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSignature"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.GetSignatureRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.GetSignatureResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("GetSignature"))
              .build();
        }
      }
    }
    return getGetSignatureMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.AttachSignatureRequest,
      io.landhub.signatures.v1.AttachSignatureResponse> getAttachSignatureMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AttachSignature",
      requestType = io.landhub.signatures.v1.AttachSignatureRequest.class,
      responseType = io.landhub.signatures.v1.AttachSignatureResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.AttachSignatureRequest,
      io.landhub.signatures.v1.AttachSignatureResponse> getAttachSignatureMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.AttachSignatureRequest, io.landhub.signatures.v1.AttachSignatureResponse> getAttachSignatureMethod;
    if ((getAttachSignatureMethod = SignaturesServiceGrpc.getAttachSignatureMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getAttachSignatureMethod = SignaturesServiceGrpc.getAttachSignatureMethod) == null) {
          SignaturesServiceGrpc.getAttachSignatureMethod = getAttachSignatureMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.AttachSignatureRequest, io.landhub.signatures.v1.AttachSignatureResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AttachSignature"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.AttachSignatureRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.AttachSignatureResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("AttachSignature"))
              .build();
        }
      }
    }
    return getAttachSignatureMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.VerifySignatureRequest,
      io.landhub.signatures.v1.VerifySignatureResponse> getVerifySignatureMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifySignature",
      requestType = io.landhub.signatures.v1.VerifySignatureRequest.class,
      responseType = io.landhub.signatures.v1.VerifySignatureResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.VerifySignatureRequest,
      io.landhub.signatures.v1.VerifySignatureResponse> getVerifySignatureMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.VerifySignatureRequest, io.landhub.signatures.v1.VerifySignatureResponse> getVerifySignatureMethod;
    if ((getVerifySignatureMethod = SignaturesServiceGrpc.getVerifySignatureMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getVerifySignatureMethod = SignaturesServiceGrpc.getVerifySignatureMethod) == null) {
          SignaturesServiceGrpc.getVerifySignatureMethod = getVerifySignatureMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.VerifySignatureRequest, io.landhub.signatures.v1.VerifySignatureResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifySignature"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.VerifySignatureRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.VerifySignatureResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("VerifySignature"))
              .build();
        }
      }
    }
    return getVerifySignatureMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.signatures.v1.VerifySignatureStreamRequest,
      io.landhub.signatures.v1.VerifySignatureStreamResponse> getVerifySignatureStreamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifySignatureStream",
      requestType = io.landhub.signatures.v1.VerifySignatureStreamRequest.class,
      responseType = io.landhub.signatures.v1.VerifySignatureStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<io.landhub.signatures.v1.VerifySignatureStreamRequest,
      io.landhub.signatures.v1.VerifySignatureStreamResponse> getVerifySignatureStreamMethod() {
    io.grpc.MethodDescriptor<io.landhub.signatures.v1.VerifySignatureStreamRequest, io.landhub.signatures.v1.VerifySignatureStreamResponse> getVerifySignatureStreamMethod;
    if ((getVerifySignatureStreamMethod = SignaturesServiceGrpc.getVerifySignatureStreamMethod) == null) {
      synchronized (SignaturesServiceGrpc.class) {
        if ((getVerifySignatureStreamMethod = SignaturesServiceGrpc.getVerifySignatureStreamMethod) == null) {
          SignaturesServiceGrpc.getVerifySignatureStreamMethod = getVerifySignatureStreamMethod =
              io.grpc.MethodDescriptor.<io.landhub.signatures.v1.VerifySignatureStreamRequest, io.landhub.signatures.v1.VerifySignatureStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifySignatureStream"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.VerifySignatureStreamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.signatures.v1.VerifySignatureStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SignaturesServiceMethodDescriptorSupplier("VerifySignatureStream"))
              .build();
        }
      }
    }
    return getVerifySignatureStreamMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SignaturesServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceStub>() {
        @java.lang.Override
        public SignaturesServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignaturesServiceStub(channel, callOptions);
        }
      };
    return SignaturesServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SignaturesServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceBlockingV2Stub>() {
        @java.lang.Override
        public SignaturesServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignaturesServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SignaturesServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SignaturesServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceBlockingStub>() {
        @java.lang.Override
        public SignaturesServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignaturesServiceBlockingStub(channel, callOptions);
        }
      };
    return SignaturesServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SignaturesServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SignaturesServiceFutureStub>() {
        @java.lang.Override
        public SignaturesServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SignaturesServiceFutureStub(channel, callOptions);
        }
      };
    return SignaturesServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Sign documents by the agents that hold the keys, and verify what others signed.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * List the certificates the agents can sign with.
     * </pre>
     */
    default void listCertificates(io.landhub.signatures.v1.ListCertificatesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.ListCertificatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCertificatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    default void getCertificate(io.landhub.signatures.v1.GetCertificateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.GetCertificateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCertificateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign a document of up to 12 MiB.
     * </pre>
     */
    default void signDocument(io.landhub.signatures.v1.SignDocumentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSignDocumentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign a document of any size: it is hashed while it streams in, and not kept, unless the format holds it.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentStreamRequest> signDocumentStream(
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentStreamResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getSignDocumentStreamMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sign up to 256 documents by their digests; one that fails doesn't fail the others.
     * </pre>
     */
    default void signDigests(io.landhub.signatures.v1.SignDigestsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDigestsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSignDigestsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a signature as it stands.
     * </pre>
     */
    default void getSignature(io.landhub.signatures.v1.GetSignatureRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.GetSignatureResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSignatureMethod(), responseObserver);
    }

    /**
     * <pre>
     * Take a signature somebody else made, verify it, and name the signer. Nothing is kept unless it passes in full.
     * </pre>
     */
    default void attachSignature(io.landhub.signatures.v1.AttachSignatureRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.AttachSignatureResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAttachSignatureMethod(), responseObserver);
    }

    /**
     * <pre>
     * Verify a signature and report.
     * </pre>
     */
    default void verifySignature(io.landhub.signatures.v1.VerifySignatureRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifySignatureMethod(), responseObserver);
    }

    /**
     * <pre>
     * Verify a signature over a document of any size.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureStreamRequest> verifySignatureStream(
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureStreamResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getVerifySignatureStreamMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SignaturesService.
   * <pre>
   * Sign documents by the agents that hold the keys, and verify what others signed.
   * </pre>
   */
  public static abstract class SignaturesServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SignaturesServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SignaturesService.
   * <pre>
   * Sign documents by the agents that hold the keys, and verify what others signed.
   * </pre>
   */
  public static final class SignaturesServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SignaturesServiceStub> {
    private SignaturesServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignaturesServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignaturesServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates the agents can sign with.
     * </pre>
     */
    public void listCertificates(io.landhub.signatures.v1.ListCertificatesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.ListCertificatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCertificatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public void getCertificate(io.landhub.signatures.v1.GetCertificateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.GetCertificateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCertificateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sign a document of up to 12 MiB.
     * </pre>
     */
    public void signDocument(io.landhub.signatures.v1.SignDocumentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSignDocumentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sign a document of any size: it is hashed while it streams in, and not kept, unless the format holds it.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentStreamRequest> signDocumentStream(
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentStreamResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getSignDocumentStreamMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Sign up to 256 documents by their digests; one that fails doesn't fail the others.
     * </pre>
     */
    public void signDigests(io.landhub.signatures.v1.SignDigestsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDigestsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSignDigestsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a signature as it stands.
     * </pre>
     */
    public void getSignature(io.landhub.signatures.v1.GetSignatureRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.GetSignatureResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSignatureMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Take a signature somebody else made, verify it, and name the signer. Nothing is kept unless it passes in full.
     * </pre>
     */
    public void attachSignature(io.landhub.signatures.v1.AttachSignatureRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.AttachSignatureResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAttachSignatureMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Verify a signature and report.
     * </pre>
     */
    public void verifySignature(io.landhub.signatures.v1.VerifySignatureRequest request,
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getVerifySignatureMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Verify a signature over a document of any size.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureStreamRequest> verifySignatureStream(
        io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureStreamResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getVerifySignatureStreamMethod(), getCallOptions()), responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SignaturesService.
   * <pre>
   * Sign documents by the agents that hold the keys, and verify what others signed.
   * </pre>
   */
  public static final class SignaturesServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SignaturesServiceBlockingV2Stub> {
    private SignaturesServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignaturesServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignaturesServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates the agents can sign with.
     * </pre>
     */
    public io.landhub.signatures.v1.ListCertificatesResponse listCertificates(io.landhub.signatures.v1.ListCertificatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCertificatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public io.landhub.signatures.v1.GetCertificateResponse getCertificate(io.landhub.signatures.v1.GetCertificateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign a document of up to 12 MiB.
     * </pre>
     */
    public io.landhub.signatures.v1.SignDocumentResponse signDocument(io.landhub.signatures.v1.SignDocumentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSignDocumentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign a document of any size: it is hashed while it streams in, and not kept, unless the format holds it.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.landhub.signatures.v1.SignDocumentStreamRequest, io.landhub.signatures.v1.SignDocumentStreamResponse>
        signDocumentStream() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getSignDocumentStreamMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Sign up to 256 documents by their digests; one that fails doesn't fail the others.
     * </pre>
     */
    public io.landhub.signatures.v1.SignDigestsResponse signDigests(io.landhub.signatures.v1.SignDigestsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSignDigestsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a signature as it stands.
     * </pre>
     */
    public io.landhub.signatures.v1.GetSignatureResponse getSignature(io.landhub.signatures.v1.GetSignatureRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSignatureMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take a signature somebody else made, verify it, and name the signer. Nothing is kept unless it passes in full.
     * </pre>
     */
    public io.landhub.signatures.v1.AttachSignatureResponse attachSignature(io.landhub.signatures.v1.AttachSignatureRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAttachSignatureMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Verify a signature and report.
     * </pre>
     */
    public io.landhub.signatures.v1.VerifySignatureResponse verifySignature(io.landhub.signatures.v1.VerifySignatureRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getVerifySignatureMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Verify a signature over a document of any size.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.landhub.signatures.v1.VerifySignatureStreamRequest, io.landhub.signatures.v1.VerifySignatureStreamResponse>
        verifySignatureStream() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getVerifySignatureStreamMethod(), getCallOptions());
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SignaturesService.
   * <pre>
   * Sign documents by the agents that hold the keys, and verify what others signed.
   * </pre>
   */
  public static final class SignaturesServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SignaturesServiceBlockingStub> {
    private SignaturesServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignaturesServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignaturesServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates the agents can sign with.
     * </pre>
     */
    public io.landhub.signatures.v1.ListCertificatesResponse listCertificates(io.landhub.signatures.v1.ListCertificatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCertificatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public io.landhub.signatures.v1.GetCertificateResponse getCertificate(io.landhub.signatures.v1.GetCertificateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign a document of up to 12 MiB.
     * </pre>
     */
    public io.landhub.signatures.v1.SignDocumentResponse signDocument(io.landhub.signatures.v1.SignDocumentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSignDocumentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sign up to 256 documents by their digests; one that fails doesn't fail the others.
     * </pre>
     */
    public io.landhub.signatures.v1.SignDigestsResponse signDigests(io.landhub.signatures.v1.SignDigestsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSignDigestsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a signature as it stands.
     * </pre>
     */
    public io.landhub.signatures.v1.GetSignatureResponse getSignature(io.landhub.signatures.v1.GetSignatureRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSignatureMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take a signature somebody else made, verify it, and name the signer. Nothing is kept unless it passes in full.
     * </pre>
     */
    public io.landhub.signatures.v1.AttachSignatureResponse attachSignature(io.landhub.signatures.v1.AttachSignatureRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAttachSignatureMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Verify a signature and report.
     * </pre>
     */
    public io.landhub.signatures.v1.VerifySignatureResponse verifySignature(io.landhub.signatures.v1.VerifySignatureRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getVerifySignatureMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SignaturesService.
   * <pre>
   * Sign documents by the agents that hold the keys, and verify what others signed.
   * </pre>
   */
  public static final class SignaturesServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SignaturesServiceFutureStub> {
    private SignaturesServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SignaturesServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SignaturesServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the certificates the agents can sign with.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.ListCertificatesResponse> listCertificates(
        io.landhub.signatures.v1.ListCertificatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCertificatesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get one certificate.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.GetCertificateResponse> getCertificate(
        io.landhub.signatures.v1.GetCertificateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCertificateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sign a document of up to 12 MiB.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.SignDocumentResponse> signDocument(
        io.landhub.signatures.v1.SignDocumentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSignDocumentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sign up to 256 documents by their digests; one that fails doesn't fail the others.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.SignDigestsResponse> signDigests(
        io.landhub.signatures.v1.SignDigestsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSignDigestsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a signature as it stands.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.GetSignatureResponse> getSignature(
        io.landhub.signatures.v1.GetSignatureRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSignatureMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Take a signature somebody else made, verify it, and name the signer. Nothing is kept unless it passes in full.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.AttachSignatureResponse> attachSignature(
        io.landhub.signatures.v1.AttachSignatureRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAttachSignatureMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Verify a signature and report.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.signatures.v1.VerifySignatureResponse> verifySignature(
        io.landhub.signatures.v1.VerifySignatureRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getVerifySignatureMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_CERTIFICATES = 0;
  private static final int METHODID_GET_CERTIFICATE = 1;
  private static final int METHODID_SIGN_DOCUMENT = 2;
  private static final int METHODID_SIGN_DIGESTS = 3;
  private static final int METHODID_GET_SIGNATURE = 4;
  private static final int METHODID_ATTACH_SIGNATURE = 5;
  private static final int METHODID_VERIFY_SIGNATURE = 6;
  private static final int METHODID_SIGN_DOCUMENT_STREAM = 7;
  private static final int METHODID_VERIFY_SIGNATURE_STREAM = 8;

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
          serviceImpl.listCertificates((io.landhub.signatures.v1.ListCertificatesRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.ListCertificatesResponse>) responseObserver);
          break;
        case METHODID_GET_CERTIFICATE:
          serviceImpl.getCertificate((io.landhub.signatures.v1.GetCertificateRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.GetCertificateResponse>) responseObserver);
          break;
        case METHODID_SIGN_DOCUMENT:
          serviceImpl.signDocument((io.landhub.signatures.v1.SignDocumentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentResponse>) responseObserver);
          break;
        case METHODID_SIGN_DIGESTS:
          serviceImpl.signDigests((io.landhub.signatures.v1.SignDigestsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDigestsResponse>) responseObserver);
          break;
        case METHODID_GET_SIGNATURE:
          serviceImpl.getSignature((io.landhub.signatures.v1.GetSignatureRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.GetSignatureResponse>) responseObserver);
          break;
        case METHODID_ATTACH_SIGNATURE:
          serviceImpl.attachSignature((io.landhub.signatures.v1.AttachSignatureRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.AttachSignatureResponse>) responseObserver);
          break;
        case METHODID_VERIFY_SIGNATURE:
          serviceImpl.verifySignature((io.landhub.signatures.v1.VerifySignatureRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureResponse>) responseObserver);
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
        case METHODID_SIGN_DOCUMENT_STREAM:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.signDocumentStream(
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.SignDocumentStreamResponse>) responseObserver);
        case METHODID_VERIFY_SIGNATURE_STREAM:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.verifySignatureStream(
              (io.grpc.stub.StreamObserver<io.landhub.signatures.v1.VerifySignatureStreamResponse>) responseObserver);
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
              io.landhub.signatures.v1.ListCertificatesRequest,
              io.landhub.signatures.v1.ListCertificatesResponse>(
                service, METHODID_LIST_CERTIFICATES)))
        .addMethod(
          getGetCertificateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signatures.v1.GetCertificateRequest,
              io.landhub.signatures.v1.GetCertificateResponse>(
                service, METHODID_GET_CERTIFICATE)))
        .addMethod(
          getSignDocumentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signatures.v1.SignDocumentRequest,
              io.landhub.signatures.v1.SignDocumentResponse>(
                service, METHODID_SIGN_DOCUMENT)))
        .addMethod(
          getSignDocumentStreamMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              io.landhub.signatures.v1.SignDocumentStreamRequest,
              io.landhub.signatures.v1.SignDocumentStreamResponse>(
                service, METHODID_SIGN_DOCUMENT_STREAM)))
        .addMethod(
          getSignDigestsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signatures.v1.SignDigestsRequest,
              io.landhub.signatures.v1.SignDigestsResponse>(
                service, METHODID_SIGN_DIGESTS)))
        .addMethod(
          getGetSignatureMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signatures.v1.GetSignatureRequest,
              io.landhub.signatures.v1.GetSignatureResponse>(
                service, METHODID_GET_SIGNATURE)))
        .addMethod(
          getAttachSignatureMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signatures.v1.AttachSignatureRequest,
              io.landhub.signatures.v1.AttachSignatureResponse>(
                service, METHODID_ATTACH_SIGNATURE)))
        .addMethod(
          getVerifySignatureMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.signatures.v1.VerifySignatureRequest,
              io.landhub.signatures.v1.VerifySignatureResponse>(
                service, METHODID_VERIFY_SIGNATURE)))
        .addMethod(
          getVerifySignatureStreamMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              io.landhub.signatures.v1.VerifySignatureStreamRequest,
              io.landhub.signatures.v1.VerifySignatureStreamResponse>(
                service, METHODID_VERIFY_SIGNATURE_STREAM)))
        .build();
  }

  private static abstract class SignaturesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SignaturesServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.signatures.v1.SignaturesServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SignaturesService");
    }
  }

  private static final class SignaturesServiceFileDescriptorSupplier
      extends SignaturesServiceBaseDescriptorSupplier {
    SignaturesServiceFileDescriptorSupplier() {}
  }

  private static final class SignaturesServiceMethodDescriptorSupplier
      extends SignaturesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SignaturesServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SignaturesServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SignaturesServiceFileDescriptorSupplier())
              .addMethod(getListCertificatesMethod())
              .addMethod(getGetCertificateMethod())
              .addMethod(getSignDocumentMethod())
              .addMethod(getSignDocumentStreamMethod())
              .addMethod(getSignDigestsMethod())
              .addMethod(getGetSignatureMethod())
              .addMethod(getAttachSignatureMethod())
              .addMethod(getVerifySignatureMethod())
              .addMethod(getVerifySignatureStreamMethod())
              .build();
        }
      }
    }
    return result;
  }
}
