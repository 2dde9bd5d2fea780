package io.landhub.notifications.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RulesServiceGrpc {

  private RulesServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.notifications.v1.RulesService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateRuleRequest,
      io.landhub.notifications.v1.CreateRuleResponse> getCreateRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateRule",
      requestType = io.landhub.notifications.v1.CreateRuleRequest.class,
      responseType = io.landhub.notifications.v1.CreateRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateRuleRequest,
      io.landhub.notifications.v1.CreateRuleResponse> getCreateRuleMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateRuleRequest, io.landhub.notifications.v1.CreateRuleResponse> getCreateRuleMethod;
    if ((getCreateRuleMethod = RulesServiceGrpc.getCreateRuleMethod) == null) {
      synchronized (RulesServiceGrpc.class) {
        if ((getCreateRuleMethod = RulesServiceGrpc.getCreateRuleMethod) == null) {
          RulesServiceGrpc.getCreateRuleMethod = getCreateRuleMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CreateRuleRequest, io.landhub.notifications.v1.CreateRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateRule"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RulesServiceMethodDescriptorSupplier("CreateRule"))
              .build();
        }
      }
    }
    return getCreateRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetRuleRequest,
      io.landhub.notifications.v1.GetRuleResponse> getGetRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRule",
      requestType = io.landhub.notifications.v1.GetRuleRequest.class,
      responseType = io.landhub.notifications.v1.GetRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetRuleRequest,
      io.landhub.notifications.v1.GetRuleResponse> getGetRuleMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetRuleRequest, io.landhub.notifications.v1.GetRuleResponse> getGetRuleMethod;
    if ((getGetRuleMethod = RulesServiceGrpc.getGetRuleMethod) == null) {
      synchronized (RulesServiceGrpc.class) {
        if ((getGetRuleMethod = RulesServiceGrpc.getGetRuleMethod) == null) {
          RulesServiceGrpc.getGetRuleMethod = getGetRuleMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.GetRuleRequest, io.landhub.notifications.v1.GetRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRule"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RulesServiceMethodDescriptorSupplier("GetRule"))
              .build();
        }
      }
    }
    return getGetRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListRulesRequest,
      io.landhub.notifications.v1.ListRulesResponse> getListRulesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRules",
      requestType = io.landhub.notifications.v1.ListRulesRequest.class,
      responseType = io.landhub.notifications.v1.ListRulesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListRulesRequest,
      io.landhub.notifications.v1.ListRulesResponse> getListRulesMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListRulesRequest, io.landhub.notifications.v1.ListRulesResponse> getListRulesMethod;
    if ((getListRulesMethod = RulesServiceGrpc.getListRulesMethod) == null) {
      synchronized (RulesServiceGrpc.class) {
        if ((getListRulesMethod = RulesServiceGrpc.getListRulesMethod) == null) {
          RulesServiceGrpc.getListRulesMethod = getListRulesMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ListRulesRequest, io.landhub.notifications.v1.ListRulesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRules"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListRulesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListRulesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RulesServiceMethodDescriptorSupplier("ListRules"))
              .build();
        }
      }
    }
    return getListRulesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteRuleRequest,
      io.landhub.notifications.v1.DeleteRuleResponse> getDeleteRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteRule",
      requestType = io.landhub.notifications.v1.DeleteRuleRequest.class,
      responseType = io.landhub.notifications.v1.DeleteRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteRuleRequest,
      io.landhub.notifications.v1.DeleteRuleResponse> getDeleteRuleMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteRuleRequest, io.landhub.notifications.v1.DeleteRuleResponse> getDeleteRuleMethod;
    if ((getDeleteRuleMethod = RulesServiceGrpc.getDeleteRuleMethod) == null) {
      synchronized (RulesServiceGrpc.class) {
        if ((getDeleteRuleMethod = RulesServiceGrpc.getDeleteRuleMethod) == null) {
          RulesServiceGrpc.getDeleteRuleMethod = getDeleteRuleMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.DeleteRuleRequest, io.landhub.notifications.v1.DeleteRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteRule"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.DeleteRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.DeleteRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RulesServiceMethodDescriptorSupplier("DeleteRule"))
              .build();
        }
      }
    }
    return getDeleteRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListFiringsRequest,
      io.landhub.notifications.v1.ListFiringsResponse> getListFiringsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListFirings",
      requestType = io.landhub.notifications.v1.ListFiringsRequest.class,
      responseType = io.landhub.notifications.v1.ListFiringsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListFiringsRequest,
      io.landhub.notifications.v1.ListFiringsResponse> getListFiringsMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListFiringsRequest, io.landhub.notifications.v1.ListFiringsResponse> getListFiringsMethod;
    if ((getListFiringsMethod = RulesServiceGrpc.getListFiringsMethod) == null) {
      synchronized (RulesServiceGrpc.class) {
        if ((getListFiringsMethod = RulesServiceGrpc.getListFiringsMethod) == null) {
          RulesServiceGrpc.getListFiringsMethod = getListFiringsMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ListFiringsRequest, io.landhub.notifications.v1.ListFiringsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListFirings"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListFiringsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListFiringsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RulesServiceMethodDescriptorSupplier("ListFirings"))
              .build();
        }
      }
    }
    return getListFiringsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.PreviewRulesRequest,
      io.landhub.notifications.v1.PreviewRulesResponse> getPreviewRulesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PreviewRules",
      requestType = io.landhub.notifications.v1.PreviewRulesRequest.class,
      responseType = io.landhub.notifications.v1.PreviewRulesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.PreviewRulesRequest,
      io.landhub.notifications.v1.PreviewRulesResponse> getPreviewRulesMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.PreviewRulesRequest, io.landhub.notifications.v1.PreviewRulesResponse> getPreviewRulesMethod;
    if ((getPreviewRulesMethod = RulesServiceGrpc.getPreviewRulesMethod) == null) {
      synchronized (RulesServiceGrpc.class) {
        if ((getPreviewRulesMethod = RulesServiceGrpc.getPreviewRulesMethod) == null) {
          RulesServiceGrpc.getPreviewRulesMethod = getPreviewRulesMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.PreviewRulesRequest, io.landhub.notifications.v1.PreviewRulesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PreviewRules"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.PreviewRulesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.PreviewRulesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RulesServiceMethodDescriptorSupplier("PreviewRules"))
              .build();
        }
      }
    }
    return getPreviewRulesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RulesServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RulesServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RulesServiceStub>() {
        @java.lang.Override
        public RulesServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RulesServiceStub(channel, callOptions);
        }
      };
    return RulesServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RulesServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RulesServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RulesServiceBlockingV2Stub>() {
        @java.lang.Override
        public RulesServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RulesServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RulesServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RulesServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RulesServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RulesServiceBlockingStub>() {
        @java.lang.Override
        public RulesServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RulesServiceBlockingStub(channel, callOptions);
        }
      };
    return RulesServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RulesServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RulesServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RulesServiceFutureStub>() {
        @java.lang.Override
        public RulesServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RulesServiceFutureStub(channel, callOptions);
        }
      };
    return RulesServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Make a rule; it acts on what happens from now on.
     * </pre>
     */
    default void createRule(io.landhub.notifications.v1.CreateRuleRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a rule.
     * </pre>
     */
    default void getRule(io.landhub.notifications.v1.GetRuleRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * List rules, newest first.
     * </pre>
     */
    default void listRules(io.landhub.notifications.v1.ListRulesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListRulesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRulesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Have a rule act no more; what it planned isn't done.
     * </pre>
     */
    default void deleteRule(io.landhub.notifications.v1.DeleteRuleRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * List what rules made of what happened, or will, newest first.
     * </pre>
     */
    default void listFirings(io.landhub.notifications.v1.ListFiringsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListFiringsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListFiringsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Say what the rules would make of something that happened, or might, and why. Nothing is sent or kept.
     * </pre>
     */
    default void previewRules(io.landhub.notifications.v1.PreviewRulesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.PreviewRulesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPreviewRulesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RulesService.
   * <pre>
   * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
   * </pre>
   */
  public static abstract class RulesServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RulesServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RulesService.
   * <pre>
   * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
   * </pre>
   */
  public static final class RulesServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RulesServiceStub> {
    private RulesServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RulesServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RulesServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a rule; it acts on what happens from now on.
     * </pre>
     */
    public void createRule(io.landhub.notifications.v1.CreateRuleRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a rule.
     * </pre>
     */
    public void getRule(io.landhub.notifications.v1.GetRuleRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List rules, newest first.
     * </pre>
     */
    public void listRules(io.landhub.notifications.v1.ListRulesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListRulesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRulesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Have a rule act no more; what it planned isn't done.
     * </pre>
     */
    public void deleteRule(io.landhub.notifications.v1.DeleteRuleRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List what rules made of what happened, or will, newest first.
     * </pre>
     */
    public void listFirings(io.landhub.notifications.v1.ListFiringsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListFiringsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListFiringsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Say what the rules would make of something that happened, or might, and why. Nothing is sent or kept.
     * </pre>
     */
    public void previewRules(io.landhub.notifications.v1.PreviewRulesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.PreviewRulesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPreviewRulesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RulesService.
   * <pre>
   * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
   * </pre>
   */
  public static final class RulesServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RulesServiceBlockingV2Stub> {
    private RulesServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RulesServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RulesServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a rule; it acts on what happens from now on.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateRuleResponse createRule(io.landhub.notifications.v1.CreateRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a rule.
     * </pre>
     */
    public io.landhub.notifications.v1.GetRuleResponse getRule(io.landhub.notifications.v1.GetRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List rules, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListRulesResponse listRules(io.landhub.notifications.v1.ListRulesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRulesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Have a rule act no more; what it planned isn't done.
     * </pre>
     */
    public io.landhub.notifications.v1.DeleteRuleResponse deleteRule(io.landhub.notifications.v1.DeleteRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List what rules made of what happened, or will, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListFiringsResponse listFirings(io.landhub.notifications.v1.ListFiringsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListFiringsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say what the rules would make of something that happened, or might, and why. Nothing is sent or kept.
     * </pre>
     */
    public io.landhub.notifications.v1.PreviewRulesResponse previewRules(io.landhub.notifications.v1.PreviewRulesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPreviewRulesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RulesService.
   * <pre>
   * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
   * </pre>
   */
  public static final class RulesServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RulesServiceBlockingStub> {
    private RulesServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RulesServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RulesServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a rule; it acts on what happens from now on.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateRuleResponse createRule(io.landhub.notifications.v1.CreateRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a rule.
     * </pre>
     */
    public io.landhub.notifications.v1.GetRuleResponse getRule(io.landhub.notifications.v1.GetRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List rules, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListRulesResponse listRules(io.landhub.notifications.v1.ListRulesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRulesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Have a rule act no more; what it planned isn't done.
     * </pre>
     */
    public io.landhub.notifications.v1.DeleteRuleResponse deleteRule(io.landhub.notifications.v1.DeleteRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List what rules made of what happened, or will, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListFiringsResponse listFirings(io.landhub.notifications.v1.ListFiringsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListFiringsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say what the rules would make of something that happened, or might, and why. Nothing is sent or kept.
     * </pre>
     */
    public io.landhub.notifications.v1.PreviewRulesResponse previewRules(io.landhub.notifications.v1.PreviewRulesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPreviewRulesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RulesService.
   * <pre>
   * Tells contacts by itself when something happens: each thing once, however long the hub slept in between.
   * </pre>
   */
  public static final class RulesServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RulesServiceFutureStub> {
    private RulesServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RulesServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RulesServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Make a rule; it acts on what happens from now on.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CreateRuleResponse> createRule(
        io.landhub.notifications.v1.CreateRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a rule.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.GetRuleResponse> getRule(
        io.landhub.notifications.v1.GetRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List rules, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ListRulesResponse> listRules(
        io.landhub.notifications.v1.ListRulesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRulesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Have a rule act no more; what it planned isn't done.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.DeleteRuleResponse> deleteRule(
        io.landhub.notifications.v1.DeleteRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List what rules made of what happened, or will, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ListFiringsResponse> listFirings(
        io.landhub.notifications.v1.ListFiringsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListFiringsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Say what the rules would make of something that happened, or might, and why. Nothing is sent or kept.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.PreviewRulesResponse> previewRules(
        io.landhub.notifications.v1.PreviewRulesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPreviewRulesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_RULE = 0;
  private static final int METHODID_GET_RULE = 1;
  private static final int METHODID_LIST_RULES = 2;
  private static final int METHODID_DELETE_RULE = 3;
  private static final int METHODID_LIST_FIRINGS = 4;
  private static final int METHODID_PREVIEW_RULES = 5;

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
        case METHODID_CREATE_RULE:
          serviceImpl.createRule((io.landhub.notifications.v1.CreateRuleRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateRuleResponse>) responseObserver);
          break;
        case METHODID_GET_RULE:
          serviceImpl.getRule((io.landhub.notifications.v1.GetRuleRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetRuleResponse>) responseObserver);
          break;
        case METHODID_LIST_RULES:
          serviceImpl.listRules((io.landhub.notifications.v1.ListRulesRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListRulesResponse>) responseObserver);
          break;
        case METHODID_DELETE_RULE:
          serviceImpl.deleteRule((io.landhub.notifications.v1.DeleteRuleRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteRuleResponse>) responseObserver);
          break;
        case METHODID_LIST_FIRINGS:
          serviceImpl.listFirings((io.landhub.notifications.v1.ListFiringsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListFiringsResponse>) responseObserver);
          break;
        case METHODID_PREVIEW_RULES:
          serviceImpl.previewRules((io.landhub.notifications.v1.PreviewRulesRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.PreviewRulesResponse>) responseObserver);
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
          getCreateRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CreateRuleRequest,
              io.landhub.notifications.v1.CreateRuleResponse>(
                service, METHODID_CREATE_RULE)))
        .addMethod(
          getGetRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.GetRuleRequest,
              io.landhub.notifications.v1.GetRuleResponse>(
                service, METHODID_GET_RULE)))
        .addMethod(
          getListRulesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ListRulesRequest,
              io.landhub.notifications.v1.ListRulesResponse>(
                service, METHODID_LIST_RULES)))
        .addMethod(
          getDeleteRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.DeleteRuleRequest,
              io.landhub.notifications.v1.DeleteRuleResponse>(
                service, METHODID_DELETE_RULE)))
        .addMethod(
          getListFiringsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ListFiringsRequest,
              io.landhub.notifications.v1.ListFiringsResponse>(
                service, METHODID_LIST_FIRINGS)))
        .addMethod(
          getPreviewRulesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.PreviewRulesRequest,
              io.landhub.notifications.v1.PreviewRulesResponse>(
                service, METHODID_PREVIEW_RULES)))
        .build();
  }

  private static abstract class RulesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RulesServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.notifications.v1.RulesServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RulesService");
    }
  }

  private static final class RulesServiceFileDescriptorSupplier
      extends RulesServiceBaseDescriptorSupplier {
    RulesServiceFileDescriptorSupplier() {}
  }

  private static final class RulesServiceMethodDescriptorSupplier
      extends RulesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RulesServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RulesServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RulesServiceFileDescriptorSupplier())
              .addMethod(getCreateRuleMethod())
              .addMethod(getGetRuleMethod())
              .addMethod(getListRulesMethod())
              .addMethod(getDeleteRuleMethod())
              .addMethod(getListFiringsMethod())
              .addMethod(getPreviewRulesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
