package io.landhub.notifications.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Keeps who is told of a business reference by rules, and who wants to be told nothing.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RecipientsServiceGrpc {

  private RecipientsServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.notifications.v1.RecipientsService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateContactRequest,
      io.landhub.notifications.v1.CreateContactResponse> getCreateContactMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateContact",
      requestType = io.landhub.notifications.v1.CreateContactRequest.class,
      responseType = io.landhub.notifications.v1.CreateContactResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateContactRequest,
      io.landhub.notifications.v1.CreateContactResponse> getCreateContactMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateContactRequest, io.landhub.notifications.v1.CreateContactResponse> getCreateContactMethod;
    if ((getCreateContactMethod = RecipientsServiceGrpc.getCreateContactMethod) == null) {
      synchronized (RecipientsServiceGrpc.class) {
        if ((getCreateContactMethod = RecipientsServiceGrpc.getCreateContactMethod) == null) {
          RecipientsServiceGrpc.getCreateContactMethod = getCreateContactMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CreateContactRequest, io.landhub.notifications.v1.CreateContactResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateContact"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateContactRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateContactResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecipientsServiceMethodDescriptorSupplier("CreateContact"))
              .build();
        }
      }
    }
    return getCreateContactMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListContactsRequest,
      io.landhub.notifications.v1.ListContactsResponse> getListContactsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListContacts",
      requestType = io.landhub.notifications.v1.ListContactsRequest.class,
      responseType = io.landhub.notifications.v1.ListContactsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListContactsRequest,
      io.landhub.notifications.v1.ListContactsResponse> getListContactsMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListContactsRequest, io.landhub.notifications.v1.ListContactsResponse> getListContactsMethod;
    if ((getListContactsMethod = RecipientsServiceGrpc.getListContactsMethod) == null) {
      synchronized (RecipientsServiceGrpc.class) {
        if ((getListContactsMethod = RecipientsServiceGrpc.getListContactsMethod) == null) {
          RecipientsServiceGrpc.getListContactsMethod = getListContactsMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ListContactsRequest, io.landhub.notifications.v1.ListContactsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListContacts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListContactsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListContactsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecipientsServiceMethodDescriptorSupplier("ListContacts"))
              .build();
        }
      }
    }
    return getListContactsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteContactRequest,
      io.landhub.notifications.v1.DeleteContactResponse> getDeleteContactMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteContact",
      requestType = io.landhub.notifications.v1.DeleteContactRequest.class,
      responseType = io.landhub.notifications.v1.DeleteContactResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteContactRequest,
      io.landhub.notifications.v1.DeleteContactResponse> getDeleteContactMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteContactRequest, io.landhub.notifications.v1.DeleteContactResponse> getDeleteContactMethod;
    if ((getDeleteContactMethod = RecipientsServiceGrpc.getDeleteContactMethod) == null) {
      synchronized (RecipientsServiceGrpc.class) {
        if ((getDeleteContactMethod = RecipientsServiceGrpc.getDeleteContactMethod) == null) {
          RecipientsServiceGrpc.getDeleteContactMethod = getDeleteContactMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.DeleteContactRequest, io.landhub.notifications.v1.DeleteContactResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteContact"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.DeleteContactRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.DeleteContactResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecipientsServiceMethodDescriptorSupplier("DeleteContact"))
              .build();
        }
      }
    }
    return getDeleteContactMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateOptOutRequest,
      io.landhub.notifications.v1.CreateOptOutResponse> getCreateOptOutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateOptOut",
      requestType = io.landhub.notifications.v1.CreateOptOutRequest.class,
      responseType = io.landhub.notifications.v1.CreateOptOutResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateOptOutRequest,
      io.landhub.notifications.v1.CreateOptOutResponse> getCreateOptOutMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateOptOutRequest, io.landhub.notifications.v1.CreateOptOutResponse> getCreateOptOutMethod;
    if ((getCreateOptOutMethod = RecipientsServiceGrpc.getCreateOptOutMethod) == null) {
      synchronized (RecipientsServiceGrpc.class) {
        if ((getCreateOptOutMethod = RecipientsServiceGrpc.getCreateOptOutMethod) == null) {
          RecipientsServiceGrpc.getCreateOptOutMethod = getCreateOptOutMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CreateOptOutRequest, io.landhub.notifications.v1.CreateOptOutResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateOptOut"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateOptOutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateOptOutResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecipientsServiceMethodDescriptorSupplier("CreateOptOut"))
              .build();
        }
      }
    }
    return getCreateOptOutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListOptOutsRequest,
      io.landhub.notifications.v1.ListOptOutsResponse> getListOptOutsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListOptOuts",
      requestType = io.landhub.notifications.v1.ListOptOutsRequest.class,
      responseType = io.landhub.notifications.v1.ListOptOutsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListOptOutsRequest,
      io.landhub.notifications.v1.ListOptOutsResponse> getListOptOutsMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListOptOutsRequest, io.landhub.notifications.v1.ListOptOutsResponse> getListOptOutsMethod;
    if ((getListOptOutsMethod = RecipientsServiceGrpc.getListOptOutsMethod) == null) {
      synchronized (RecipientsServiceGrpc.class) {
        if ((getListOptOutsMethod = RecipientsServiceGrpc.getListOptOutsMethod) == null) {
          RecipientsServiceGrpc.getListOptOutsMethod = getListOptOutsMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ListOptOutsRequest, io.landhub.notifications.v1.ListOptOutsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListOptOuts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListOptOutsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListOptOutsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecipientsServiceMethodDescriptorSupplier("ListOptOuts"))
              .build();
        }
      }
    }
    return getListOptOutsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteOptOutRequest,
      io.landhub.notifications.v1.DeleteOptOutResponse> getDeleteOptOutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteOptOut",
      requestType = io.landhub.notifications.v1.DeleteOptOutRequest.class,
      responseType = io.landhub.notifications.v1.DeleteOptOutResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteOptOutRequest,
      io.landhub.notifications.v1.DeleteOptOutResponse> getDeleteOptOutMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.DeleteOptOutRequest, io.landhub.notifications.v1.DeleteOptOutResponse> getDeleteOptOutMethod;
    if ((getDeleteOptOutMethod = RecipientsServiceGrpc.getDeleteOptOutMethod) == null) {
      synchronized (RecipientsServiceGrpc.class) {
        if ((getDeleteOptOutMethod = RecipientsServiceGrpc.getDeleteOptOutMethod) == null) {
          RecipientsServiceGrpc.getDeleteOptOutMethod = getDeleteOptOutMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.DeleteOptOutRequest, io.landhub.notifications.v1.DeleteOptOutResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteOptOut"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.DeleteOptOutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.DeleteOptOutResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecipientsServiceMethodDescriptorSupplier("DeleteOptOut"))
              .build();
        }
      }
    }
    return getDeleteOptOutMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RecipientsServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceStub>() {
        @java.lang.Override
        public RecipientsServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecipientsServiceStub(channel, callOptions);
        }
      };
    return RecipientsServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RecipientsServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceBlockingV2Stub>() {
        @java.lang.Override
        public RecipientsServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecipientsServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RecipientsServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RecipientsServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceBlockingStub>() {
        @java.lang.Override
        public RecipientsServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecipientsServiceBlockingStub(channel, callOptions);
        }
      };
    return RecipientsServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RecipientsServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecipientsServiceFutureStub>() {
        @java.lang.Override
        public RecipientsServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecipientsServiceFutureStub(channel, callOptions);
        }
      };
    return RecipientsServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Keeps who is told of a business reference by rules, and who wants to be told nothing.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Name somebody whom rules tell of a business reference. Who that is isn't shown again.
     * </pre>
     */
    default void createContact(io.landhub.notifications.v1.CreateContactRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateContactResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateContactMethod(), responseObserver);
    }

    /**
     * <pre>
     * List contacts, newest first.
     * </pre>
     */
    default void listContacts(io.landhub.notifications.v1.ListContactsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListContactsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListContactsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Remove a contact, addresses and all.
     * </pre>
     */
    default void deleteContact(io.landhub.notifications.v1.DeleteContactRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteContactResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteContactMethod(), responseObserver);
    }

    /**
     * <pre>
     * Note that nothing (more) is to go to an address. Only a keyed hash of it is kept.
     * </pre>
     */
    default void createOptOut(io.landhub.notifications.v1.CreateOptOutRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateOptOutResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateOptOutMethod(), responseObserver);
    }

    /**
     * <pre>
     * List opt-outs, newest first: all of them, or that of one address.
     * </pre>
     */
    default void listOptOuts(io.landhub.notifications.v1.ListOptOutsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListOptOutsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListOptOutsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Note that an address may be written to again.
     * </pre>
     */
    default void deleteOptOut(io.landhub.notifications.v1.DeleteOptOutRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteOptOutResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteOptOutMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RecipientsService.
   * <pre>
   * Keeps who is told of a business reference by rules, and who wants to be told nothing.
   * </pre>
   */
  public static abstract class RecipientsServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RecipientsServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RecipientsService.
   * <pre>
   * Keeps who is told of a business reference by rules, and who wants to be told nothing.
   * </pre>
   */
  public static final class RecipientsServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RecipientsServiceStub> {
    private RecipientsServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecipientsServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecipientsServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Name somebody whom rules tell of a business reference. Who that is isn't shown again.
     * </pre>
     */
    public void createContact(io.landhub.notifications.v1.CreateContactRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateContactResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateContactMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List contacts, newest first.
     * </pre>
     */
    public void listContacts(io.landhub.notifications.v1.ListContactsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListContactsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListContactsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Remove a contact, addresses and all.
     * </pre>
     */
    public void deleteContact(io.landhub.notifications.v1.DeleteContactRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteContactResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteContactMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Note that nothing (more) is to go to an address. Only a keyed hash of it is kept.
     * </pre>
     */
    public void createOptOut(io.landhub.notifications.v1.CreateOptOutRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateOptOutResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateOptOutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List opt-outs, newest first: all of them, or that of one address.
     * </pre>
     */
    public void listOptOuts(io.landhub.notifications.v1.ListOptOutsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListOptOutsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListOptOutsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Note that an address may be written to again.
     * </pre>
     */
    public void deleteOptOut(io.landhub.notifications.v1.DeleteOptOutRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteOptOutResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteOptOutMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RecipientsService.
   * <pre>
   * Keeps who is told of a business reference by rules, and who wants to be told nothing.
   * </pre>
   */
  public static final class RecipientsServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RecipientsServiceBlockingV2Stub> {
    private RecipientsServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecipientsServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecipientsServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Name somebody whom rules tell of a business reference. Who that is isn't shown again.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateContactResponse createContact(io.landhub.notifications.v1.CreateContactRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateContactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List contacts, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListContactsResponse listContacts(io.landhub.notifications.v1.ListContactsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListContactsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Remove a contact, addresses and all.
     * </pre>
     */
    public io.landhub.notifications.v1.DeleteContactResponse deleteContact(io.landhub.notifications.v1.DeleteContactRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteContactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Note that nothing (more) is to go to an address. Only a keyed hash of it is kept.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateOptOutResponse createOptOut(io.landhub.notifications.v1.CreateOptOutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateOptOutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List opt-outs, newest first: all of them, or that of one address.
     * </pre>
     */
    public io.landhub.notifications.v1.ListOptOutsResponse listOptOuts(io.landhub.notifications.v1.ListOptOutsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListOptOutsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Note that an address may be written to again.
     * </pre>
     */
    public io.landhub.notifications.v1.DeleteOptOutResponse deleteOptOut(io.landhub.notifications.v1.DeleteOptOutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteOptOutMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RecipientsService.
   * <pre>
   * Keeps who is told of a business reference by rules, and who wants to be told nothing.
   * </pre>
   */
  public static final class RecipientsServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RecipientsServiceBlockingStub> {
    private RecipientsServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecipientsServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecipientsServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Name somebody whom rules tell of a business reference. Who that is isn't shown again.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateContactResponse createContact(io.landhub.notifications.v1.CreateContactRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateContactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List contacts, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListContactsResponse listContacts(io.landhub.notifications.v1.ListContactsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListContactsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Remove a contact, addresses and all.
     * </pre>
     */
    public io.landhub.notifications.v1.DeleteContactResponse deleteContact(io.landhub.notifications.v1.DeleteContactRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteContactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Note that nothing (more) is to go to an address. Only a keyed hash of it is kept.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateOptOutResponse createOptOut(io.landhub.notifications.v1.CreateOptOutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateOptOutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List opt-outs, newest first: all of them, or that of one address.
     * </pre>
     */
    public io.landhub.notifications.v1.ListOptOutsResponse listOptOuts(io.landhub.notifications.v1.ListOptOutsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListOptOutsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Note that an address may be written to again.
     * </pre>
     */
    public io.landhub.notifications.v1.DeleteOptOutResponse deleteOptOut(io.landhub.notifications.v1.DeleteOptOutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteOptOutMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RecipientsService.
   * <pre>
   * Keeps who is told of a business reference by rules, and who wants to be told nothing.
   * </pre>
   */
  public static final class RecipientsServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RecipientsServiceFutureStub> {
    private RecipientsServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecipientsServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecipientsServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Name somebody whom rules tell of a business reference. Who that is isn't shown again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CreateContactResponse> createContact(
        io.landhub.notifications.v1.CreateContactRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateContactMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List contacts, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ListContactsResponse> listContacts(
        io.landhub.notifications.v1.ListContactsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListContactsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Remove a contact, addresses and all.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.DeleteContactResponse> deleteContact(
        io.landhub.notifications.v1.DeleteContactRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteContactMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Note that nothing (more) is to go to an address. Only a keyed hash of it is kept.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CreateOptOutResponse> createOptOut(
        io.landhub.notifications.v1.CreateOptOutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateOptOutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List opt-outs, newest first: all of them, or that of one address.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ListOptOutsResponse> listOptOuts(
        io.landhub.notifications.v1.ListOptOutsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListOptOutsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Note that an address may be written to again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.DeleteOptOutResponse> deleteOptOut(
        io.landhub.notifications.v1.DeleteOptOutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteOptOutMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CONTACT = 0;
  private static final int METHODID_LIST_CONTACTS = 1;
  private static final int METHODID_DELETE_CONTACT = 2;
  private static final int METHODID_CREATE_OPT_OUT = 3;
  private static final int METHODID_LIST_OPT_OUTS = 4;
  private static final int METHODID_DELETE_OPT_OUT = 5;

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
        case METHODID_CREATE_CONTACT:
          serviceImpl.createContact((io.landhub.notifications.v1.CreateContactRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateContactResponse>) responseObserver);
          break;
        case METHODID_LIST_CONTACTS:
          serviceImpl.listContacts((io.landhub.notifications.v1.ListContactsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListContactsResponse>) responseObserver);
          break;
        case METHODID_DELETE_CONTACT:
          serviceImpl.deleteContact((io.landhub.notifications.v1.DeleteContactRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteContactResponse>) responseObserver);
          break;
        case METHODID_CREATE_OPT_OUT:
          serviceImpl.createOptOut((io.landhub.notifications.v1.CreateOptOutRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateOptOutResponse>) responseObserver);
          break;
        case METHODID_LIST_OPT_OUTS:
          serviceImpl.listOptOuts((io.landhub.notifications.v1.ListOptOutsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListOptOutsResponse>) responseObserver);
          break;
        case METHODID_DELETE_OPT_OUT:
          serviceImpl.deleteOptOut((io.landhub.notifications.v1.DeleteOptOutRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.DeleteOptOutResponse>) responseObserver);
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
          getCreateContactMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CreateContactRequest,
              io.landhub.notifications.v1.CreateContactResponse>(
                service, METHODID_CREATE_CONTACT)))
        .addMethod(
          getListContactsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ListContactsRequest,
              io.landhub.notifications.v1.ListContactsResponse>(
                service, METHODID_LIST_CONTACTS)))
        .addMethod(
          getDeleteContactMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.DeleteContactRequest,
              io.landhub.notifications.v1.DeleteContactResponse>(
                service, METHODID_DELETE_CONTACT)))
        .addMethod(
          getCreateOptOutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CreateOptOutRequest,
              io.landhub.notifications.v1.CreateOptOutResponse>(
                service, METHODID_CREATE_OPT_OUT)))
        .addMethod(
          getListOptOutsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ListOptOutsRequest,
              io.landhub.notifications.v1.ListOptOutsResponse>(
                service, METHODID_LIST_OPT_OUTS)))
        .addMethod(
          getDeleteOptOutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.DeleteOptOutRequest,
              io.landhub.notifications.v1.DeleteOptOutResponse>(
                service, METHODID_DELETE_OPT_OUT)))
        .build();
  }

  private static abstract class RecipientsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RecipientsServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.notifications.v1.RecipientsServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RecipientsService");
    }
  }

  private static final class RecipientsServiceFileDescriptorSupplier
      extends RecipientsServiceBaseDescriptorSupplier {
    RecipientsServiceFileDescriptorSupplier() {}
  }

  private static final class RecipientsServiceMethodDescriptorSupplier
      extends RecipientsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RecipientsServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RecipientsServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RecipientsServiceFileDescriptorSupplier())
              .addMethod(getCreateContactMethod())
              .addMethod(getListContactsMethod())
              .addMethod(getDeleteContactMethod())
              .addMethod(getCreateOptOutMethod())
              .addMethod(getListOptOutsMethod())
              .addMethod(getDeleteOptOutMethod())
              .build();
        }
      }
    }
    return result;
  }
}
