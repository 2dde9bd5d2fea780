package io.landhub.events.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
 * administrator, at the address of administration, sees what happens to the hub itself.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class EventsServiceGrpc {

  private EventsServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.events.v1.EventsService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.events.v1.SubscribeRequest,
      io.landhub.events.v1.SubscribeResponse> getSubscribeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Subscribe",
      requestType = io.landhub.events.v1.SubscribeRequest.class,
      responseType = io.landhub.events.v1.SubscribeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.landhub.events.v1.SubscribeRequest,
      io.landhub.events.v1.SubscribeResponse> getSubscribeMethod() {
    io.grpc.MethodDescriptor<io.landhub.events.v1.SubscribeRequest, io.landhub.events.v1.SubscribeResponse> getSubscribeMethod;
    if ((getSubscribeMethod = EventsServiceGrpc.getSubscribeMethod) == null) {
      synchronized (EventsServiceGrpc.class) {
        if ((getSubscribeMethod = EventsServiceGrpc.getSubscribeMethod) == null) {
          EventsServiceGrpc.getSubscribeMethod = getSubscribeMethod =
              io.grpc.MethodDescriptor.<io.landhub.events.v1.SubscribeRequest, io.landhub.events.v1.SubscribeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Subscribe"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.events.v1.SubscribeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.events.v1.SubscribeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EventsServiceMethodDescriptorSupplier("Subscribe"))
              .build();
        }
      }
    }
    return getSubscribeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.events.v1.ListEventsRequest,
      io.landhub.events.v1.ListEventsResponse> getListEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListEvents",
      requestType = io.landhub.events.v1.ListEventsRequest.class,
      responseType = io.landhub.events.v1.ListEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.events.v1.ListEventsRequest,
      io.landhub.events.v1.ListEventsResponse> getListEventsMethod() {
    io.grpc.MethodDescriptor<io.landhub.events.v1.ListEventsRequest, io.landhub.events.v1.ListEventsResponse> getListEventsMethod;
    if ((getListEventsMethod = EventsServiceGrpc.getListEventsMethod) == null) {
      synchronized (EventsServiceGrpc.class) {
        if ((getListEventsMethod = EventsServiceGrpc.getListEventsMethod) == null) {
          EventsServiceGrpc.getListEventsMethod = getListEventsMethod =
              io.grpc.MethodDescriptor.<io.landhub.events.v1.ListEventsRequest, io.landhub.events.v1.ListEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.events.v1.ListEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.events.v1.ListEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EventsServiceMethodDescriptorSupplier("ListEvents"))
              .build();
        }
      }
    }
    return getListEventsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static EventsServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventsServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventsServiceStub>() {
        @java.lang.Override
        public EventsServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventsServiceStub(channel, callOptions);
        }
      };
    return EventsServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static EventsServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventsServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventsServiceBlockingV2Stub>() {
        @java.lang.Override
        public EventsServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventsServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return EventsServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static EventsServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventsServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventsServiceBlockingStub>() {
        @java.lang.Override
        public EventsServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventsServiceBlockingStub(channel, callOptions);
        }
      };
    return EventsServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static EventsServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventsServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventsServiceFutureStub>() {
        @java.lang.Override
        public EventsServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventsServiceFutureStub(channel, callOptions);
        }
      };
    return EventsServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
   * administrator, at the address of administration, sees what happens to the hub itself.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Get events as they happen, from a cursor on. Ends only with the connection: subscribe again after the last cursor.
     * </pre>
     */
    default void subscribe(io.landhub.events.v1.SubscribeRequest request,
        io.grpc.stub.StreamObserver<io.landhub.events.v1.SubscribeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSubscribeMethod(), responseObserver);
    }

    /**
     * <pre>
     * List events of the past, oldest first.
     * </pre>
     */
    default void listEvents(io.landhub.events.v1.ListEventsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.events.v1.ListEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListEventsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service EventsService.
   * <pre>
   * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
   * administrator, at the address of administration, sees what happens to the hub itself.
   * </pre>
   */
  public static abstract class EventsServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return EventsServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service EventsService.
   * <pre>
   * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
   * administrator, at the address of administration, sees what happens to the hub itself.
   * </pre>
   */
  public static final class EventsServiceStub
      extends io.grpc.stub.AbstractAsyncStub<EventsServiceStub> {
    private EventsServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventsServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventsServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Get events as they happen, from a cursor on. Ends only with the connection: subscribe again after the last cursor.
     * </pre>
     */
    public void subscribe(io.landhub.events.v1.SubscribeRequest request,
        io.grpc.stub.StreamObserver<io.landhub.events.v1.SubscribeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getSubscribeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List events of the past, oldest first.
     * </pre>
     */
    public void listEvents(io.landhub.events.v1.ListEventsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.events.v1.ListEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListEventsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service EventsService.
   * <pre>
   * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
   * administrator, at the address of administration, sees what happens to the hub itself.
   * </pre>
   */
  public static final class EventsServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<EventsServiceBlockingV2Stub> {
    private EventsServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventsServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventsServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Get events as they happen, from a cursor on. Ends only with the connection: subscribe again after the last cursor.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.landhub.events.v1.SubscribeResponse>
        subscribe(io.landhub.events.v1.SubscribeRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getSubscribeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List events of the past, oldest first.
     * </pre>
     */
    public io.landhub.events.v1.ListEventsResponse listEvents(io.landhub.events.v1.ListEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListEventsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service EventsService.
   * <pre>
   * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
   * administrator, at the address of administration, sees what happens to the hub itself.
   * </pre>
   */
  public static final class EventsServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<EventsServiceBlockingStub> {
    private EventsServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventsServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventsServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Get events as they happen, from a cursor on. Ends only with the connection: subscribe again after the last cursor.
     * </pre>
     */
    public java.util.Iterator<io.landhub.events.v1.SubscribeResponse> subscribe(
        io.landhub.events.v1.SubscribeRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getSubscribeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List events of the past, oldest first.
     * </pre>
     */
    public io.landhub.events.v1.ListEventsResponse listEvents(io.landhub.events.v1.ListEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListEventsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service EventsService.
   * <pre>
   * What happens in the hub, as a stream one can resume. A caller sees the events of its own resources; an
   * administrator, at the address of administration, sees what happens to the hub itself.
   * </pre>
   */
  public static final class EventsServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<EventsServiceFutureStub> {
    private EventsServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventsServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventsServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * List events of the past, oldest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.events.v1.ListEventsResponse> listEvents(
        io.landhub.events.v1.ListEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListEventsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_SUBSCRIBE = 0;
  private static final int METHODID_LIST_EVENTS = 1;

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
        case METHODID_SUBSCRIBE:
          serviceImpl.subscribe((io.landhub.events.v1.SubscribeRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.events.v1.SubscribeResponse>) responseObserver);
          break;
        case METHODID_LIST_EVENTS:
          serviceImpl.listEvents((io.landhub.events.v1.ListEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.events.v1.ListEventsResponse>) responseObserver);
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
          getSubscribeMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.landhub.events.v1.SubscribeRequest,
              io.landhub.events.v1.SubscribeResponse>(
                service, METHODID_SUBSCRIBE)))
        .addMethod(
          getListEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.events.v1.ListEventsRequest,
              io.landhub.events.v1.ListEventsResponse>(
                service, METHODID_LIST_EVENTS)))
        .build();
  }

  private static abstract class EventsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    EventsServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.events.v1.EventsServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("EventsService");
    }
  }

  private static final class EventsServiceFileDescriptorSupplier
      extends EventsServiceBaseDescriptorSupplier {
    EventsServiceFileDescriptorSupplier() {}
  }

  private static final class EventsServiceMethodDescriptorSupplier
      extends EventsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    EventsServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (EventsServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new EventsServiceFileDescriptorSupplier())
              .addMethod(getSubscribeMethod())
              .addMethod(getListEventsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
