package io.landhub.notifications.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Tells people: every message once, by the channel that works, and known what became of it.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class NotificationsServiceGrpc {

  private NotificationsServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.notifications.v1.NotificationsService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateNotificationRequest,
      io.landhub.notifications.v1.CreateNotificationResponse> getCreateNotificationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateNotification",
      requestType = io.landhub.notifications.v1.CreateNotificationRequest.class,
      responseType = io.landhub.notifications.v1.CreateNotificationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateNotificationRequest,
      io.landhub.notifications.v1.CreateNotificationResponse> getCreateNotificationMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CreateNotificationRequest, io.landhub.notifications.v1.CreateNotificationResponse> getCreateNotificationMethod;
    if ((getCreateNotificationMethod = NotificationsServiceGrpc.getCreateNotificationMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getCreateNotificationMethod = NotificationsServiceGrpc.getCreateNotificationMethod) == null) {
          NotificationsServiceGrpc.getCreateNotificationMethod = getCreateNotificationMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CreateNotificationRequest, io.landhub.notifications.v1.CreateNotificationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateNotification"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateNotificationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CreateNotificationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("CreateNotification"))
              .build();
        }
      }
    }
    return getCreateNotificationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.BatchCreateNotificationsRequest,
      io.landhub.notifications.v1.BatchCreateNotificationsResponse> getBatchCreateNotificationsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchCreateNotifications",
      requestType = io.landhub.notifications.v1.BatchCreateNotificationsRequest.class,
      responseType = io.landhub.notifications.v1.BatchCreateNotificationsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.BatchCreateNotificationsRequest,
      io.landhub.notifications.v1.BatchCreateNotificationsResponse> getBatchCreateNotificationsMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.BatchCreateNotificationsRequest, io.landhub.notifications.v1.BatchCreateNotificationsResponse> getBatchCreateNotificationsMethod;
    if ((getBatchCreateNotificationsMethod = NotificationsServiceGrpc.getBatchCreateNotificationsMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getBatchCreateNotificationsMethod = NotificationsServiceGrpc.getBatchCreateNotificationsMethod) == null) {
          NotificationsServiceGrpc.getBatchCreateNotificationsMethod = getBatchCreateNotificationsMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.BatchCreateNotificationsRequest, io.landhub.notifications.v1.BatchCreateNotificationsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchCreateNotifications"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.BatchCreateNotificationsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.BatchCreateNotificationsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("BatchCreateNotifications"))
              .build();
        }
      }
    }
    return getBatchCreateNotificationsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetNotificationRequest,
      io.landhub.notifications.v1.GetNotificationResponse> getGetNotificationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetNotification",
      requestType = io.landhub.notifications.v1.GetNotificationRequest.class,
      responseType = io.landhub.notifications.v1.GetNotificationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetNotificationRequest,
      io.landhub.notifications.v1.GetNotificationResponse> getGetNotificationMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetNotificationRequest, io.landhub.notifications.v1.GetNotificationResponse> getGetNotificationMethod;
    if ((getGetNotificationMethod = NotificationsServiceGrpc.getGetNotificationMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getGetNotificationMethod = NotificationsServiceGrpc.getGetNotificationMethod) == null) {
          NotificationsServiceGrpc.getGetNotificationMethod = getGetNotificationMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.GetNotificationRequest, io.landhub.notifications.v1.GetNotificationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetNotification"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetNotificationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetNotificationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("GetNotification"))
              .build();
        }
      }
    }
    return getGetNotificationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListNotificationsRequest,
      io.landhub.notifications.v1.ListNotificationsResponse> getListNotificationsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListNotifications",
      requestType = io.landhub.notifications.v1.ListNotificationsRequest.class,
      responseType = io.landhub.notifications.v1.ListNotificationsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListNotificationsRequest,
      io.landhub.notifications.v1.ListNotificationsResponse> getListNotificationsMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ListNotificationsRequest, io.landhub.notifications.v1.ListNotificationsResponse> getListNotificationsMethod;
    if ((getListNotificationsMethod = NotificationsServiceGrpc.getListNotificationsMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getListNotificationsMethod = NotificationsServiceGrpc.getListNotificationsMethod) == null) {
          NotificationsServiceGrpc.getListNotificationsMethod = getListNotificationsMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ListNotificationsRequest, io.landhub.notifications.v1.ListNotificationsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListNotifications"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListNotificationsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ListNotificationsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("ListNotifications"))
              .build();
        }
      }
    }
    return getListNotificationsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CancelNotificationRequest,
      io.landhub.notifications.v1.CancelNotificationResponse> getCancelNotificationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelNotification",
      requestType = io.landhub.notifications.v1.CancelNotificationRequest.class,
      responseType = io.landhub.notifications.v1.CancelNotificationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CancelNotificationRequest,
      io.landhub.notifications.v1.CancelNotificationResponse> getCancelNotificationMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CancelNotificationRequest, io.landhub.notifications.v1.CancelNotificationResponse> getCancelNotificationMethod;
    if ((getCancelNotificationMethod = NotificationsServiceGrpc.getCancelNotificationMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getCancelNotificationMethod = NotificationsServiceGrpc.getCancelNotificationMethod) == null) {
          NotificationsServiceGrpc.getCancelNotificationMethod = getCancelNotificationMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CancelNotificationRequest, io.landhub.notifications.v1.CancelNotificationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelNotification"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CancelNotificationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CancelNotificationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("CancelNotification"))
              .build();
        }
      }
    }
    return getCancelNotificationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.ResolveNotificationRequest,
      io.landhub.notifications.v1.ResolveNotificationResponse> getResolveNotificationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResolveNotification",
      requestType = io.landhub.notifications.v1.ResolveNotificationRequest.class,
      responseType = io.landhub.notifications.v1.ResolveNotificationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.ResolveNotificationRequest,
      io.landhub.notifications.v1.ResolveNotificationResponse> getResolveNotificationMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.ResolveNotificationRequest, io.landhub.notifications.v1.ResolveNotificationResponse> getResolveNotificationMethod;
    if ((getResolveNotificationMethod = NotificationsServiceGrpc.getResolveNotificationMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getResolveNotificationMethod = NotificationsServiceGrpc.getResolveNotificationMethod) == null) {
          NotificationsServiceGrpc.getResolveNotificationMethod = getResolveNotificationMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.ResolveNotificationRequest, io.landhub.notifications.v1.ResolveNotificationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResolveNotification"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ResolveNotificationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.ResolveNotificationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("ResolveNotification"))
              .build();
        }
      }
    }
    return getResolveNotificationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetCampaignRequest,
      io.landhub.notifications.v1.GetCampaignResponse> getGetCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCampaign",
      requestType = io.landhub.notifications.v1.GetCampaignRequest.class,
      responseType = io.landhub.notifications.v1.GetCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetCampaignRequest,
      io.landhub.notifications.v1.GetCampaignResponse> getGetCampaignMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.GetCampaignRequest, io.landhub.notifications.v1.GetCampaignResponse> getGetCampaignMethod;
    if ((getGetCampaignMethod = NotificationsServiceGrpc.getGetCampaignMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getGetCampaignMethod = NotificationsServiceGrpc.getGetCampaignMethod) == null) {
          NotificationsServiceGrpc.getGetCampaignMethod = getGetCampaignMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.GetCampaignRequest, io.landhub.notifications.v1.GetCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.GetCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("GetCampaign"))
              .build();
        }
      }
    }
    return getGetCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.CancelCampaignRequest,
      io.landhub.notifications.v1.CancelCampaignResponse> getCancelCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelCampaign",
      requestType = io.landhub.notifications.v1.CancelCampaignRequest.class,
      responseType = io.landhub.notifications.v1.CancelCampaignResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.CancelCampaignRequest,
      io.landhub.notifications.v1.CancelCampaignResponse> getCancelCampaignMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.CancelCampaignRequest, io.landhub.notifications.v1.CancelCampaignResponse> getCancelCampaignMethod;
    if ((getCancelCampaignMethod = NotificationsServiceGrpc.getCancelCampaignMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getCancelCampaignMethod = NotificationsServiceGrpc.getCancelCampaignMethod) == null) {
          NotificationsServiceGrpc.getCancelCampaignMethod = getCancelCampaignMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.CancelCampaignRequest, io.landhub.notifications.v1.CancelCampaignResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CancelCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.CancelCampaignResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("CancelCampaign"))
              .build();
        }
      }
    }
    return getCancelCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.notifications.v1.EstimateSmsRequest,
      io.landhub.notifications.v1.EstimateSmsResponse> getEstimateSmsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EstimateSms",
      requestType = io.landhub.notifications.v1.EstimateSmsRequest.class,
      responseType = io.landhub.notifications.v1.EstimateSmsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.notifications.v1.EstimateSmsRequest,
      io.landhub.notifications.v1.EstimateSmsResponse> getEstimateSmsMethod() {
    io.grpc.MethodDescriptor<io.landhub.notifications.v1.EstimateSmsRequest, io.landhub.notifications.v1.EstimateSmsResponse> getEstimateSmsMethod;
    if ((getEstimateSmsMethod = NotificationsServiceGrpc.getEstimateSmsMethod) == null) {
      synchronized (NotificationsServiceGrpc.class) {
        if ((getEstimateSmsMethod = NotificationsServiceGrpc.getEstimateSmsMethod) == null) {
          NotificationsServiceGrpc.getEstimateSmsMethod = getEstimateSmsMethod =
              io.grpc.MethodDescriptor.<io.landhub.notifications.v1.EstimateSmsRequest, io.landhub.notifications.v1.EstimateSmsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EstimateSms"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.EstimateSmsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.notifications.v1.EstimateSmsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NotificationsServiceMethodDescriptorSupplier("EstimateSms"))
              .build();
        }
      }
    }
    return getEstimateSmsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static NotificationsServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceStub>() {
        @java.lang.Override
        public NotificationsServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NotificationsServiceStub(channel, callOptions);
        }
      };
    return NotificationsServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static NotificationsServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceBlockingV2Stub>() {
        @java.lang.Override
        public NotificationsServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NotificationsServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return NotificationsServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static NotificationsServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceBlockingStub>() {
        @java.lang.Override
        public NotificationsServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NotificationsServiceBlockingStub(channel, callOptions);
        }
      };
    return NotificationsServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static NotificationsServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NotificationsServiceFutureStub>() {
        @java.lang.Override
        public NotificationsServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NotificationsServiceFutureStub(channel, callOptions);
        }
      };
    return NotificationsServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Tells people: every message once, by the channel that works, and known what became of it.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Have a message sent; answered when it is durable.
     * </pre>
     */
    default void createNotification(io.landhub.notifications.v1.CreateNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateNotificationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateNotificationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Have a message sent to up to 10,000 recipients: a campaign; answered when it is durable.
     * </pre>
     */
    default void batchCreateNotifications(io.landhub.notifications.v1.BatchCreateNotificationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.BatchCreateNotificationsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchCreateNotificationsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a notification as it stands, with all that was tried.
     * </pre>
     */
    default void getNotification(io.landhub.notifications.v1.GetNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetNotificationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetNotificationMethod(), responseObserver);
    }

    /**
     * <pre>
     * List notifications, newest first.
     * </pre>
     */
    default void listNotifications(io.landhub.notifications.v1.ListNotificationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListNotificationsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListNotificationsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Take a notification back that has not left.
     * </pre>
     */
    default void cancelNotification(io.landhub.notifications.v1.CancelNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CancelNotificationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelNotificationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state OUTCOME_UNKNOWN.
     * </pre>
     */
    default void resolveNotification(io.landhub.notifications.v1.ResolveNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ResolveNotificationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResolveNotificationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a campaign with its totals.
     * </pre>
     */
    default void getCampaign(io.landhub.notifications.v1.GetCampaignRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Take back all of a campaign that has not left.
     * </pre>
     */
    default void cancelCampaign(io.landhub.notifications.v1.CancelCampaignRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CancelCampaignResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * Say in how many parts a text would be billed, and at what price where the account's provider tells. Sends nothing.
     * </pre>
     */
    default void estimateSms(io.landhub.notifications.v1.EstimateSmsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.EstimateSmsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEstimateSmsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service NotificationsService.
   * <pre>
   * Tells people: every message once, by the channel that works, and known what became of it.
   * </pre>
   */
  public static abstract class NotificationsServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return NotificationsServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service NotificationsService.
   * <pre>
   * Tells people: every message once, by the channel that works, and known what became of it.
   * </pre>
   */
  public static final class NotificationsServiceStub
      extends io.grpc.stub.AbstractAsyncStub<NotificationsServiceStub> {
    private NotificationsServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NotificationsServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NotificationsServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Have a message sent; answered when it is durable.
     * </pre>
     */
    public void createNotification(io.landhub.notifications.v1.CreateNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateNotificationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateNotificationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Have a message sent to up to 10,000 recipients: a campaign; answered when it is durable.
     * </pre>
     */
    public void batchCreateNotifications(io.landhub.notifications.v1.BatchCreateNotificationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.BatchCreateNotificationsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchCreateNotificationsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a notification as it stands, with all that was tried.
     * </pre>
     */
    public void getNotification(io.landhub.notifications.v1.GetNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetNotificationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetNotificationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List notifications, newest first.
     * </pre>
     */
    public void listNotifications(io.landhub.notifications.v1.ListNotificationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListNotificationsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListNotificationsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Take a notification back that has not left.
     * </pre>
     */
    public void cancelNotification(io.landhub.notifications.v1.CancelNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CancelNotificationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelNotificationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state OUTCOME_UNKNOWN.
     * </pre>
     */
    public void resolveNotification(io.landhub.notifications.v1.ResolveNotificationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ResolveNotificationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResolveNotificationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a campaign with its totals.
     * </pre>
     */
    public void getCampaign(io.landhub.notifications.v1.GetCampaignRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Take back all of a campaign that has not left.
     * </pre>
     */
    public void cancelCampaign(io.landhub.notifications.v1.CancelCampaignRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CancelCampaignResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Say in how many parts a text would be billed, and at what price where the account's provider tells. Sends nothing.
     * </pre>
     */
    public void estimateSms(io.landhub.notifications.v1.EstimateSmsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.notifications.v1.EstimateSmsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEstimateSmsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service NotificationsService.
   * <pre>
   * Tells people: every message once, by the channel that works, and known what became of it.
   * </pre>
   */
  public static final class NotificationsServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<NotificationsServiceBlockingV2Stub> {
    private NotificationsServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NotificationsServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NotificationsServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Have a message sent; answered when it is durable.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateNotificationResponse createNotification(io.landhub.notifications.v1.CreateNotificationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Have a message sent to up to 10,000 recipients: a campaign; answered when it is durable.
     * </pre>
     */
    public io.landhub.notifications.v1.BatchCreateNotificationsResponse batchCreateNotifications(io.landhub.notifications.v1.BatchCreateNotificationsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchCreateNotificationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a notification as it stands, with all that was tried.
     * </pre>
     */
    public io.landhub.notifications.v1.GetNotificationResponse getNotification(io.landhub.notifications.v1.GetNotificationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List notifications, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListNotificationsResponse listNotifications(io.landhub.notifications.v1.ListNotificationsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListNotificationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take a notification back that has not left.
     * </pre>
     */
    public io.landhub.notifications.v1.CancelNotificationResponse cancelNotification(io.landhub.notifications.v1.CancelNotificationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state OUTCOME_UNKNOWN.
     * </pre>
     */
    public io.landhub.notifications.v1.ResolveNotificationResponse resolveNotification(io.landhub.notifications.v1.ResolveNotificationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResolveNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a campaign with its totals.
     * </pre>
     */
    public io.landhub.notifications.v1.GetCampaignResponse getCampaign(io.landhub.notifications.v1.GetCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take back all of a campaign that has not left.
     * </pre>
     */
    public io.landhub.notifications.v1.CancelCampaignResponse cancelCampaign(io.landhub.notifications.v1.CancelCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say in how many parts a text would be billed, and at what price where the account's provider tells. Sends nothing.
     * </pre>
     */
    public io.landhub.notifications.v1.EstimateSmsResponse estimateSms(io.landhub.notifications.v1.EstimateSmsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEstimateSmsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service NotificationsService.
   * <pre>
   * Tells people: every message once, by the channel that works, and known what became of it.
   * </pre>
   */
  public static final class NotificationsServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<NotificationsServiceBlockingStub> {
    private NotificationsServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NotificationsServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NotificationsServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Have a message sent; answered when it is durable.
     * </pre>
     */
    public io.landhub.notifications.v1.CreateNotificationResponse createNotification(io.landhub.notifications.v1.CreateNotificationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Have a message sent to up to 10,000 recipients: a campaign; answered when it is durable.
     * </pre>
     */
    public io.landhub.notifications.v1.BatchCreateNotificationsResponse batchCreateNotifications(io.landhub.notifications.v1.BatchCreateNotificationsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchCreateNotificationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a notification as it stands, with all that was tried.
     * </pre>
     */
    public io.landhub.notifications.v1.GetNotificationResponse getNotification(io.landhub.notifications.v1.GetNotificationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List notifications, newest first.
     * </pre>
     */
    public io.landhub.notifications.v1.ListNotificationsResponse listNotifications(io.landhub.notifications.v1.ListNotificationsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListNotificationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take a notification back that has not left.
     * </pre>
     */
    public io.landhub.notifications.v1.CancelNotificationResponse cancelNotification(io.landhub.notifications.v1.CancelNotificationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state OUTCOME_UNKNOWN.
     * </pre>
     */
    public io.landhub.notifications.v1.ResolveNotificationResponse resolveNotification(io.landhub.notifications.v1.ResolveNotificationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResolveNotificationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a campaign with its totals.
     * </pre>
     */
    public io.landhub.notifications.v1.GetCampaignResponse getCampaign(io.landhub.notifications.v1.GetCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take back all of a campaign that has not left.
     * </pre>
     */
    public io.landhub.notifications.v1.CancelCampaignResponse cancelCampaign(io.landhub.notifications.v1.CancelCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say in how many parts a text would be billed, and at what price where the account's provider tells. Sends nothing.
     * </pre>
     */
    public io.landhub.notifications.v1.EstimateSmsResponse estimateSms(io.landhub.notifications.v1.EstimateSmsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEstimateSmsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service NotificationsService.
   * <pre>
   * Tells people: every message once, by the channel that works, and known what became of it.
   * </pre>
   */
  public static final class NotificationsServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<NotificationsServiceFutureStub> {
    private NotificationsServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NotificationsServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NotificationsServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Have a message sent; answered when it is durable.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CreateNotificationResponse> createNotification(
        io.landhub.notifications.v1.CreateNotificationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateNotificationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Have a message sent to up to 10,000 recipients: a campaign; answered when it is durable.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.BatchCreateNotificationsResponse> batchCreateNotifications(
        io.landhub.notifications.v1.BatchCreateNotificationsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchCreateNotificationsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a notification as it stands, with all that was tried.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.GetNotificationResponse> getNotification(
        io.landhub.notifications.v1.GetNotificationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetNotificationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List notifications, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ListNotificationsResponse> listNotifications(
        io.landhub.notifications.v1.ListNotificationsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListNotificationsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Take a notification back that has not left.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CancelNotificationResponse> cancelNotification(
        io.landhub.notifications.v1.CancelNotificationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelNotificationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state OUTCOME_UNKNOWN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.ResolveNotificationResponse> resolveNotification(
        io.landhub.notifications.v1.ResolveNotificationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResolveNotificationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a campaign with its totals.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.GetCampaignResponse> getCampaign(
        io.landhub.notifications.v1.GetCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Take back all of a campaign that has not left.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.CancelCampaignResponse> cancelCampaign(
        io.landhub.notifications.v1.CancelCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Say in how many parts a text would be billed, and at what price where the account's provider tells. Sends nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.notifications.v1.EstimateSmsResponse> estimateSms(
        io.landhub.notifications.v1.EstimateSmsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEstimateSmsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_NOTIFICATION = 0;
  private static final int METHODID_BATCH_CREATE_NOTIFICATIONS = 1;
  private static final int METHODID_GET_NOTIFICATION = 2;
  private static final int METHODID_LIST_NOTIFICATIONS = 3;
  private static final int METHODID_CANCEL_NOTIFICATION = 4;
  private static final int METHODID_RESOLVE_NOTIFICATION = 5;
  private static final int METHODID_GET_CAMPAIGN = 6;
  private static final int METHODID_CANCEL_CAMPAIGN = 7;
  private static final int METHODID_ESTIMATE_SMS = 8;

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
        case METHODID_CREATE_NOTIFICATION:
          serviceImpl.createNotification((io.landhub.notifications.v1.CreateNotificationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CreateNotificationResponse>) responseObserver);
          break;
        case METHODID_BATCH_CREATE_NOTIFICATIONS:
          serviceImpl.batchCreateNotifications((io.landhub.notifications.v1.BatchCreateNotificationsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.BatchCreateNotificationsResponse>) responseObserver);
          break;
        case METHODID_GET_NOTIFICATION:
          serviceImpl.getNotification((io.landhub.notifications.v1.GetNotificationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetNotificationResponse>) responseObserver);
          break;
        case METHODID_LIST_NOTIFICATIONS:
          serviceImpl.listNotifications((io.landhub.notifications.v1.ListNotificationsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ListNotificationsResponse>) responseObserver);
          break;
        case METHODID_CANCEL_NOTIFICATION:
          serviceImpl.cancelNotification((io.landhub.notifications.v1.CancelNotificationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CancelNotificationResponse>) responseObserver);
          break;
        case METHODID_RESOLVE_NOTIFICATION:
          serviceImpl.resolveNotification((io.landhub.notifications.v1.ResolveNotificationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.ResolveNotificationResponse>) responseObserver);
          break;
        case METHODID_GET_CAMPAIGN:
          serviceImpl.getCampaign((io.landhub.notifications.v1.GetCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.GetCampaignResponse>) responseObserver);
          break;
        case METHODID_CANCEL_CAMPAIGN:
          serviceImpl.cancelCampaign((io.landhub.notifications.v1.CancelCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.CancelCampaignResponse>) responseObserver);
          break;
        case METHODID_ESTIMATE_SMS:
          serviceImpl.estimateSms((io.landhub.notifications.v1.EstimateSmsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.notifications.v1.EstimateSmsResponse>) responseObserver);
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
          getCreateNotificationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CreateNotificationRequest,
              io.landhub.notifications.v1.CreateNotificationResponse>(
                service, METHODID_CREATE_NOTIFICATION)))
        .addMethod(
          getBatchCreateNotificationsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.BatchCreateNotificationsRequest,
              io.landhub.notifications.v1.BatchCreateNotificationsResponse>(
                service, METHODID_BATCH_CREATE_NOTIFICATIONS)))
        .addMethod(
          getGetNotificationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.GetNotificationRequest,
              io.landhub.notifications.v1.GetNotificationResponse>(
                service, METHODID_GET_NOTIFICATION)))
        .addMethod(
          getListNotificationsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ListNotificationsRequest,
              io.landhub.notifications.v1.ListNotificationsResponse>(
                service, METHODID_LIST_NOTIFICATIONS)))
        .addMethod(
          getCancelNotificationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CancelNotificationRequest,
              io.landhub.notifications.v1.CancelNotificationResponse>(
                service, METHODID_CANCEL_NOTIFICATION)))
        .addMethod(
          getResolveNotificationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.ResolveNotificationRequest,
              io.landhub.notifications.v1.ResolveNotificationResponse>(
                service, METHODID_RESOLVE_NOTIFICATION)))
        .addMethod(
          getGetCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.GetCampaignRequest,
              io.landhub.notifications.v1.GetCampaignResponse>(
                service, METHODID_GET_CAMPAIGN)))
        .addMethod(
          getCancelCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.CancelCampaignRequest,
              io.landhub.notifications.v1.CancelCampaignResponse>(
                service, METHODID_CANCEL_CAMPAIGN)))
        .addMethod(
          getEstimateSmsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.notifications.v1.EstimateSmsRequest,
              io.landhub.notifications.v1.EstimateSmsResponse>(
                service, METHODID_ESTIMATE_SMS)))
        .build();
  }

  private static abstract class NotificationsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    NotificationsServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.notifications.v1.NotificationsServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("NotificationsService");
    }
  }

  private static final class NotificationsServiceFileDescriptorSupplier
      extends NotificationsServiceBaseDescriptorSupplier {
    NotificationsServiceFileDescriptorSupplier() {}
  }

  private static final class NotificationsServiceMethodDescriptorSupplier
      extends NotificationsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    NotificationsServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (NotificationsServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new NotificationsServiceFileDescriptorSupplier())
              .addMethod(getCreateNotificationMethod())
              .addMethod(getBatchCreateNotificationsMethod())
              .addMethod(getGetNotificationMethod())
              .addMethod(getListNotificationsMethod())
              .addMethod(getCancelNotificationMethod())
              .addMethod(getResolveNotificationMethod())
              .addMethod(getGetCampaignMethod())
              .addMethod(getCancelCampaignMethod())
              .addMethod(getEstimateSmsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
