package io.landhub.notifications.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class TemplatesServiceGrpc {

  private TemplatesServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.notifications.v1.TemplatesService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateTemplateRequest,
      io.landhub.notifications.v1.CreateTemplateResponse> getCreateTemplateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateTemplate",
      requestType = io.landhub.notifications.v1.CreateTemplateRequest.class,
      responseType = io.landhub.notifications.v1.CreateTemplateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateTemplateRequest,
      io.landhub.notifications.v1.CreateTemplateResponse> getCreateTemplateMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateTemplateRequest, io.landhub.notifications.v1.CreateTemplateResponse> getCreateTemplateMethod;
    if ((getCreateTemplateMethod = TemplatesServiceGrpc.getCreateTemplateMethod) == null) {
      synchronized (TemplatesServiceGrpc.class) {
        if ((getCreateTemplateMethod = TemplatesServiceGrpc.getCreateTemplateMethod) == null) {
          TemplatesServiceGrpc.getCreateTemplateMethod = getCreateTemplateMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CreateTemplateRequest, io.landhub.notifications.v1.CreateTemplateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateTemplate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateTemplateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateTemplateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TemplatesServiceMethodDescriptorSupplier("CreateTemplate"))
              .build();
        }
      }
    }
    return getCreateTemplateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetTemplateRequest,
      io.landhub.notifications.v1.GetTemplateResponse> getGetTemplateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetTemplate",
      requestType = io.landhub.notifications.v1.GetTemplateRequest.class,
      responseType = io.landhub.notifications.v1.GetTemplateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetTemplateRequest,
      io.landhub.notifications.v1.GetTemplateResponse> getGetTemplateMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetTemplateRequest, io.landhub.notifications.v1.GetTemplateResponse> getGetTemplateMethod;
    if ((getGetTemplateMethod = TemplatesServiceGrpc.getGetTemplateMethod) == null) {
      synchronized (TemplatesServiceGrpc.class) {
        if ((getGetTemplateMethod = TemplatesServiceGrpc.getGetTemplateMethod) == null) {
          TemplatesServiceGrpc.getGetTemplateMethod = getGetTemplateMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.GetTemplateRequest, io.landhub.notifications.v1.GetTemplateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetTemplate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetTemplateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetTemplateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TemplatesServiceMethodDescriptorSupplier("GetTemplate"))
              .build();
        }
      }
    }
    return getGetTemplateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListTemplatesRequest,
      io.landhub.notifications.v1.ListTemplatesResponse> getListTemplatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTemplates",
      requestType = io.landhub.notifications.v1.ListTemplatesRequest.class,
      responseType = io.landhub.notifications.v1.ListTemplatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListTemplatesRequest,
      io.landhub.notifications.v1.ListTemplatesResponse> getListTemplatesMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListTemplatesRequest, io.landhub.notifications.v1.ListTemplatesResponse> getListTemplatesMethod;
    if ((getListTemplatesMethod = TemplatesServiceGrpc.getListTemplatesMethod) == null) {
      synchronized (TemplatesServiceGrpc.class) {
        if ((getListTemplatesMethod = TemplatesServiceGrpc.getListTemplatesMethod) == null) {
          TemplatesServiceGrpc.getListTemplatesMethod = getListTemplatesMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ListTemplatesRequest, io.landhub.notifications.v1.ListTemplatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTemplates"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListTemplatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListTemplatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TemplatesServiceMethodDescriptorSupplier("ListTemplates"))
              .build();
        }
      }
    }
    return getListTemplatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.PreviewTemplateRequest,
      io.landhub.notifications.v1.PreviewTemplateResponse> getPreviewTemplateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PreviewTemplate",
      requestType = io.landhub.notifications.v1.PreviewTemplateRequest.class,
      responseType = io.landhub.notifications.v1.PreviewTemplateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.PreviewTemplateRequest,
      io.landhub.notifications.v1.PreviewTemplateResponse> getPreviewTemplateMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.PreviewTemplateRequest, io.landhub.notifications.v1.PreviewTemplateResponse> getPreviewTemplateMethod;
    if ((getPreviewTemplateMethod = TemplatesServiceGrpc.getPreviewTemplateMethod) == null) {
      synchronized (TemplatesServiceGrpc.class) {
        if ((getPreviewTemplateMethod = TemplatesServiceGrpc.getPreviewTemplateMethod) == null) {
          TemplatesServiceGrpc.getPreviewTemplateMethod = getPreviewTemplateMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.PreviewTemplateRequest, io.landhub.notifications.v1.PreviewTemplateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PreviewTemplate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.PreviewTemplateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.PreviewTemplateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TemplatesServiceMethodDescriptorSupplier("PreviewTemplate"))
              .build();
        }
      }
    }
    return getPreviewTemplateMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static TemplatesServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceStub>() {
        @java.lang.Override
        public TemplatesServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TemplatesServiceStub(channel, callOptions);
        }
      };
    return TemplatesServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static TemplatesServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceBlockingV2Stub>() {
        @java.lang.Override
        public TemplatesServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TemplatesServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return TemplatesServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static TemplatesServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceBlockingStub>() {
        @java.lang.Override
        public TemplatesServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TemplatesServiceBlockingStub(channel, callOptions);
        }
      };
    return TemplatesServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static TemplatesServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TemplatesServiceFutureStub>() {
        @java.lang.Override
        public TemplatesServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TemplatesServiceFutureStub(channel, callOptions);
        }
      };
    return TemplatesServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Make a template, or the next version of one; it is read and checked now.
     * </pre>
     */
    default void createTemplate(io.landhub.notifications.v1.CreateTemplateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateTemplateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateTemplateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a version of a template, the hub's own too.
     * </pre>
     */
    default void getTemplate(io.landhub.notifications.v1.GetTemplateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetTemplateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetTemplateMethod(), responseObserver);
    }

    /**
     * <pre>
     * List templates by name, each in its newest version, the hub's own among them.
     * </pre>
     */
    default void listTemplates(io.landhub.notifications.v1.ListTemplatesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListTemplatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTemplatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Fill a template in and show what comes of it. Nothing is sent or kept.
     * </pre>
     */
    default void previewTemplate(io.landhub.notifications.v1.PreviewTemplateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.PreviewTemplateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPreviewTemplateMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service TemplatesService.
   * <pre>
   * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
   * </pre>
   */
  public static abstract class TemplatesServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return TemplatesServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service TemplatesService.
   * <pre>
   * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
   * </pre>
   */
  public static final class TemplatesServiceStub
      extends io.grpc.stub.AbstractAsyncStub<TemplatesServiceStub> {
    private TemplatesServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TemplatesServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TemplatesServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a template, or the next version of one; it is read and checked now.
     * </pre>
     */
    public void createTemplate(io.landhub.notifications.v1.CreateTemplateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateTemplateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateTemplateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a version of a template, the hub's own too.
     * </pre>
     */
    public void getTemplate(io.landhub.notifications.v1.GetTemplateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetTemplateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetTemplateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List templates by name, each in its newest version, the hub's own among them.
     * </pre>
     */
    public void listTemplates(io.landhub.notifications.v1.ListTemplatesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListTemplatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTemplatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Fill a template in and show what comes of it. Nothing is sent or kept.
     * </pre>
     */
    public void previewTemplate(io.landhub.notifications.v1.PreviewTemplateRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.PreviewTemplateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPreviewTemplateMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service TemplatesService.
   * <pre>
   * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
   * </pre>
   */
  public static final class TemplatesServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<TemplatesServiceBlockingV2Stub> {
    private TemplatesServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TemplatesServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TemplatesServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a template, or the next version of one; it is read and checked now.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateTemplateResponse createTemplate(io.landhub.notifications.v1.CreateTemplateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateTemplateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a version of a template, the hub's own too.
     * </pre>
     */
    public io.landhub.notifications.v1.GetTemplateResponse getTemplate(io.landhub.notifications.v1.GetTemplateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetTemplateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List templates by name, each in its newest version, the hub's own among them.
     * </pre>
     */
    public io.landhub.notifications.v1.ListTemplatesResponse listTemplates(io.landhub.notifications.v1.ListTemplatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTemplatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Fill a template in and show what comes of it. Nothing is sent or kept.
     * </pre>
     */
    public io.landhub.notifications.v1.PreviewTemplateResponse previewTemplate(io.landhub.notifications.v1.PreviewTemplateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPreviewTemplateMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service TemplatesService.
   * <pre>
   * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
   * </pre>
   */
  public static final class TemplatesServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<TemplatesServiceBlockingStub> {
    private TemplatesServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TemplatesServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TemplatesServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a template, or the next version of one; it is read and checked now.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateTemplateResponse createTemplate(io.landhub.notifications.v1.CreateTemplateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateTemplateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a version of a template, the hub's own too.
     * </pre>
     */
    public io.landhub.notifications.v1.GetTemplateResponse getTemplate(io.landhub.notifications.v1.GetTemplateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetTemplateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List templates by name, each in its newest version, the hub's own among them.
     * </pre>
     */
    public io.landhub.notifications.v1.ListTemplatesResponse listTemplates(io.landhub.notifications.v1.ListTemplatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTemplatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Fill a template in and show what comes of it. Nothing is sent or kept.
     * </pre>
     */
    public io.landhub.notifications.v1.PreviewTemplateResponse previewTemplate(io.landhub.notifications.v1.PreviewTemplateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPreviewTemplateMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service TemplatesService.
   * <pre>
   * Keeps what is said: templates in versions that never change, the hub's own in Russian among them.
   * </pre>
   */
  public static final class TemplatesServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<TemplatesServiceFutureStub> {
    private TemplatesServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TemplatesServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TemplatesServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a template, or the next version of one; it is read and checked now.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CreateTemplateResponse> createTemplate(
        io.landhub.notifications.v1.CreateTemplateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateTemplateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a version of a template, the hub's own too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.GetTemplateResponse> getTemplate(
        io.landhub.notifications.v1.GetTemplateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetTemplateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List templates by name, each in its newest version, the hub's own among them.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ListTemplatesResponse> listTemplates(
        io.landhub.notifications.v1.ListTemplatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTemplatesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Fill a template in and show what comes of it. Nothing is sent or kept.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.PreviewTemplateResponse> previewTemplate(
        io.landhub.notifications.v1.PreviewTemplateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPreviewTemplateMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_TEMPLATE = 0;
  private static final int METHODID_GET_TEMPLATE = 1;
  private static final int METHODID_LIST_TEMPLATES = 2;
  private static final int METHODID_PREVIEW_TEMPLATE = 3;

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
        case METHODID_CREATE_TEMPLATE:
          serviceImpl.createTemplate((io.landhub.notifications.v1.CreateTemplateRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateTemplateResponse>) responseObserver);
          break;
        case METHODID_GET_TEMPLATE:
          serviceImpl.getTemplate((io.landhub.notifications.v1.GetTemplateRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetTemplateResponse>) responseObserver);
          break;
        case METHODID_LIST_TEMPLATES:
          serviceImpl.listTemplates((io.landhub.notifications.v1.ListTemplatesRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListTemplatesResponse>) responseObserver);
          break;
        case METHODID_PREVIEW_TEMPLATE:
          serviceImpl.previewTemplate((io.landhub.notifications.v1.PreviewTemplateRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.PreviewTemplateResponse>) responseObserver);
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
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateTemplateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CreateTemplateRequest,
              io.landhub.notifications.v1.CreateTemplateResponse>(
                service, METHODID_CREATE_TEMPLATE)))
        .addMethod(
          getGetTemplateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.GetTemplateRequest,
              io.landhub.notifications.v1.GetTemplateResponse>(
                service, METHODID_GET_TEMPLATE)))
        .addMethod(
          getListTemplatesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ListTemplatesRequest,
              io.landhub.notifications.v1.ListTemplatesResponse>(
                service, METHODID_LIST_TEMPLATES)))
        .addMethod(
          getPreviewTemplateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.PreviewTemplateRequest,
              io.landhub.notifications.v1.PreviewTemplateResponse>(
                service, METHODID_PREVIEW_TEMPLATE)))
        .build();
  }

  private static abstract class TemplatesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    TemplatesServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.notifications.v1.TemplatesServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("TemplatesService");
    }
  }

  private static final class TemplatesServiceFileDescriptorSupplier
      extends TemplatesServiceBaseDescriptorSupplier {
    TemplatesServiceFileDescriptorSupplier() {}
  }

  private static final class TemplatesServiceMethodDescriptorSupplier
      extends TemplatesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    TemplatesServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (TemplatesServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new TemplatesServiceFileDescriptorSupplier())
              .addMethod(getCreateTemplateMethod())
              .addMethod(getGetTemplateMethod())
              .addMethod(getListTemplatesMethod())
              .addMethod(getPreviewTemplateMethod())
              .build();
        }
      }
    }
    return result;
  }
}
