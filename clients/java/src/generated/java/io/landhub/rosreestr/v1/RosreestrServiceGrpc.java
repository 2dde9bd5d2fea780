package io.landhub.rosreestr.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Land plots, rights to them, and the registration of their transfer.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RosreestrServiceGrpc {

  private RosreestrServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.rosreestr.v1.RosreestrService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.GetLandPlotRequest,
      io.landhub.rosreestr.v1.GetLandPlotResponse> getGetLandPlotMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetLandPlot",
      requestType = io.landhub.rosreestr.v1.GetLandPlotRequest.class,
      responseType = io.landhub.rosreestr.v1.GetLandPlotResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.GetLandPlotRequest,
      io.landhub.rosreestr.v1.GetLandPlotResponse> getGetLandPlotMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.GetLandPlotRequest, io.landhub.rosreestr.v1.GetLandPlotResponse> getGetLandPlotMethod;
    if ((getGetLandPlotMethod = RosreestrServiceGrpc.getGetLandPlotMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getGetLandPlotMethod = RosreestrServiceGrpc.getGetLandPlotMethod) == null) {
          RosreestrServiceGrpc.getGetLandPlotMethod = getGetLandPlotMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.GetLandPlotRequest, io.landhub.rosreestr.v1.GetLandPlotResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetLandPlot"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.GetLandPlotRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.GetLandPlotResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("GetLandPlot"))
              .build();
        }
      }
    }
    return getGetLandPlotMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.BatchGetLandPlotsRequest,
      io.landhub.rosreestr.v1.BatchGetLandPlotsResponse> getBatchGetLandPlotsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchGetLandPlots",
      requestType = io.landhub.rosreestr.v1.BatchGetLandPlotsRequest.class,
      responseType = io.landhub.rosreestr.v1.BatchGetLandPlotsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.BatchGetLandPlotsRequest,
      io.landhub.rosreestr.v1.BatchGetLandPlotsResponse> getBatchGetLandPlotsMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.BatchGetLandPlotsRequest, io.landhub.rosreestr.v1.BatchGetLandPlotsResponse> getBatchGetLandPlotsMethod;
    if ((getBatchGetLandPlotsMethod = RosreestrServiceGrpc.getBatchGetLandPlotsMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getBatchGetLandPlotsMethod = RosreestrServiceGrpc.getBatchGetLandPlotsMethod) == null) {
          RosreestrServiceGrpc.getBatchGetLandPlotsMethod = getBatchGetLandPlotsMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.BatchGetLandPlotsRequest, io.landhub.rosreestr.v1.BatchGetLandPlotsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchGetLandPlots"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.BatchGetLandPlotsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.BatchGetLandPlotsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("BatchGetLandPlots"))
              .build();
        }
      }
    }
    return getBatchGetLandPlotsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.ListRightsRequest,
      io.landhub.rosreestr.v1.ListRightsResponse> getListRightsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRights",
      requestType = io.landhub.rosreestr.v1.ListRightsRequest.class,
      responseType = io.landhub.rosreestr.v1.ListRightsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.ListRightsRequest,
      io.landhub.rosreestr.v1.ListRightsResponse> getListRightsMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.ListRightsRequest, io.landhub.rosreestr.v1.ListRightsResponse> getListRightsMethod;
    if ((getListRightsMethod = RosreestrServiceGrpc.getListRightsMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getListRightsMethod = RosreestrServiceGrpc.getListRightsMethod) == null) {
          RosreestrServiceGrpc.getListRightsMethod = getListRightsMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.ListRightsRequest, io.landhub.rosreestr.v1.ListRightsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRights"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.ListRightsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.ListRightsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("ListRights"))
              .build();
        }
      }
    }
    return getListRightsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.CheckOwnerRequest,
      io.landhub.rosreestr.v1.CheckOwnerResponse> getCheckOwnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CheckOwner",
      requestType = io.landhub.rosreestr.v1.CheckOwnerRequest.class,
      responseType = io.landhub.rosreestr.v1.CheckOwnerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.CheckOwnerRequest,
      io.landhub.rosreestr.v1.CheckOwnerResponse> getCheckOwnerMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.CheckOwnerRequest, io.landhub.rosreestr.v1.CheckOwnerResponse> getCheckOwnerMethod;
    if ((getCheckOwnerMethod = RosreestrServiceGrpc.getCheckOwnerMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getCheckOwnerMethod = RosreestrServiceGrpc.getCheckOwnerMethod) == null) {
          RosreestrServiceGrpc.getCheckOwnerMethod = getCheckOwnerMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.CheckOwnerRequest, io.landhub.rosreestr.v1.CheckOwnerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CheckOwner"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.CheckOwnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.CheckOwnerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("CheckOwner"))
              .build();
        }
      }
    }
    return getCheckOwnerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.CreateRegistrationRequest,
      io.landhub.rosreestr.v1.CreateRegistrationResponse> getCreateRegistrationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateRegistration",
      requestType = io.landhub.rosreestr.v1.CreateRegistrationRequest.class,
      responseType = io.landhub.rosreestr.v1.CreateRegistrationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.CreateRegistrationRequest,
      io.landhub.rosreestr.v1.CreateRegistrationResponse> getCreateRegistrationMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.CreateRegistrationRequest, io.landhub.rosreestr.v1.CreateRegistrationResponse> getCreateRegistrationMethod;
    if ((getCreateRegistrationMethod = RosreestrServiceGrpc.getCreateRegistrationMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getCreateRegistrationMethod = RosreestrServiceGrpc.getCreateRegistrationMethod) == null) {
          RosreestrServiceGrpc.getCreateRegistrationMethod = getCreateRegistrationMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.CreateRegistrationRequest, io.landhub.rosreestr.v1.CreateRegistrationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateRegistration"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.CreateRegistrationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.CreateRegistrationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("CreateRegistration"))
              .build();
        }
      }
    }
    return getCreateRegistrationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.GetRegistrationRequest,
      io.landhub.rosreestr.v1.GetRegistrationResponse> getGetRegistrationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRegistration",
      requestType = io.landhub.rosreestr.v1.GetRegistrationRequest.class,
      responseType = io.landhub.rosreestr.v1.GetRegistrationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.GetRegistrationRequest,
      io.landhub.rosreestr.v1.GetRegistrationResponse> getGetRegistrationMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.GetRegistrationRequest, io.landhub.rosreestr.v1.GetRegistrationResponse> getGetRegistrationMethod;
    if ((getGetRegistrationMethod = RosreestrServiceGrpc.getGetRegistrationMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getGetRegistrationMethod = RosreestrServiceGrpc.getGetRegistrationMethod) == null) {
          RosreestrServiceGrpc.getGetRegistrationMethod = getGetRegistrationMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.GetRegistrationRequest, io.landhub.rosreestr.v1.GetRegistrationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRegistration"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.GetRegistrationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.GetRegistrationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("GetRegistration"))
              .build();
        }
      }
    }
    return getGetRegistrationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.ListRegistrationsRequest,
      io.landhub.rosreestr.v1.ListRegistrationsResponse> getListRegistrationsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRegistrations",
      requestType = io.landhub.rosreestr.v1.ListRegistrationsRequest.class,
      responseType = io.landhub.rosreestr.v1.ListRegistrationsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.ListRegistrationsRequest,
      io.landhub.rosreestr.v1.ListRegistrationsResponse> getListRegistrationsMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.ListRegistrationsRequest, io.landhub.rosreestr.v1.ListRegistrationsResponse> getListRegistrationsMethod;
    if ((getListRegistrationsMethod = RosreestrServiceGrpc.getListRegistrationsMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getListRegistrationsMethod = RosreestrServiceGrpc.getListRegistrationsMethod) == null) {
          RosreestrServiceGrpc.getListRegistrationsMethod = getListRegistrationsMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.ListRegistrationsRequest, io.landhub.rosreestr.v1.ListRegistrationsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRegistrations"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.ListRegistrationsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.ListRegistrationsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("ListRegistrations"))
              .build();
        }
      }
    }
    return getListRegistrationsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.WatchRegistrationRequest,
      io.landhub.rosreestr.v1.WatchRegistrationResponse> getWatchRegistrationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchRegistration",
      requestType = io.landhub.rosreestr.v1.WatchRegistrationRequest.class,
      responseType = io.landhub.rosreestr.v1.WatchRegistrationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.WatchRegistrationRequest,
      io.landhub.rosreestr.v1.WatchRegistrationResponse> getWatchRegistrationMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.WatchRegistrationRequest, io.landhub.rosreestr.v1.WatchRegistrationResponse> getWatchRegistrationMethod;
    if ((getWatchRegistrationMethod = RosreestrServiceGrpc.getWatchRegistrationMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getWatchRegistrationMethod = RosreestrServiceGrpc.getWatchRegistrationMethod) == null) {
          RosreestrServiceGrpc.getWatchRegistrationMethod = getWatchRegistrationMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.WatchRegistrationRequest, io.landhub.rosreestr.v1.WatchRegistrationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchRegistration"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.WatchRegistrationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.WatchRegistrationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("WatchRegistration"))
              .build();
        }
      }
    }
    return getWatchRegistrationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest,
      io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse> getAddRegistrationDocumentsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AddRegistrationDocuments",
      requestType = io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest.class,
      responseType = io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest,
      io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse> getAddRegistrationDocumentsMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest, io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse> getAddRegistrationDocumentsMethod;
    if ((getAddRegistrationDocumentsMethod = RosreestrServiceGrpc.getAddRegistrationDocumentsMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getAddRegistrationDocumentsMethod = RosreestrServiceGrpc.getAddRegistrationDocumentsMethod) == null) {
          RosreestrServiceGrpc.getAddRegistrationDocumentsMethod = getAddRegistrationDocumentsMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest, io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AddRegistrationDocuments"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("AddRegistrationDocuments"))
              .build();
        }
      }
    }
    return getAddRegistrationDocumentsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.WithdrawRegistrationRequest,
      io.landhub.rosreestr.v1.WithdrawRegistrationResponse> getWithdrawRegistrationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WithdrawRegistration",
      requestType = io.landhub.rosreestr.v1.WithdrawRegistrationRequest.class,
      responseType = io.landhub.rosreestr.v1.WithdrawRegistrationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.WithdrawRegistrationRequest,
      io.landhub.rosreestr.v1.WithdrawRegistrationResponse> getWithdrawRegistrationMethod() {
    io.grpc.MethodDescriptor<io.landhub.rosreestr.v1.WithdrawRegistrationRequest, io.landhub.rosreestr.v1.WithdrawRegistrationResponse> getWithdrawRegistrationMethod;
    if ((getWithdrawRegistrationMethod = RosreestrServiceGrpc.getWithdrawRegistrationMethod) == null) {
      synchronized (RosreestrServiceGrpc.class) {
        if ((getWithdrawRegistrationMethod = RosreestrServiceGrpc.getWithdrawRegistrationMethod) == null) {
          RosreestrServiceGrpc.getWithdrawRegistrationMethod = getWithdrawRegistrationMethod =
              io.grpc.MethodDescriptor.<io.landhub.rosreestr.v1.WithdrawRegistrationRequest, io.landhub.rosreestr.v1.WithdrawRegistrationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WithdrawRegistration"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.WithdrawRegistrationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.rosreestr.v1.WithdrawRegistrationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RosreestrServiceMethodDescriptorSupplier("WithdrawRegistration"))
              .build();
        }
      }
    }
    return getWithdrawRegistrationMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RosreestrServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceStub>() {
        @java.lang.Override
        public RosreestrServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RosreestrServiceStub(channel, callOptions);
        }
      };
    return RosreestrServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RosreestrServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceBlockingV2Stub>() {
        @java.lang.Override
        public RosreestrServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RosreestrServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RosreestrServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RosreestrServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceBlockingStub>() {
        @java.lang.Override
        public RosreestrServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RosreestrServiceBlockingStub(channel, callOptions);
        }
      };
    return RosreestrServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RosreestrServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RosreestrServiceFutureStub>() {
        @java.lang.Override
        public RosreestrServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RosreestrServiceFutureStub(channel, callOptions);
        }
      };
    return RosreestrServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Land plots, rights to them, and the registration of their transfer.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Look one plot up.
     * </pre>
     */
    default void getLandPlot(io.landhub.rosreestr.v1.GetLandPlotRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.GetLandPlotResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetLandPlotMethod(), responseObserver);
    }

    /**
     * <pre>
     * Look several plots up; what fails is told plot by plot.
     * </pre>
     */
    default void batchGetLandPlots(io.landhub.rosreestr.v1.BatchGetLandPlotsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.BatchGetLandPlotsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchGetLandPlotsMethod(), responseObserver);
    }

    /**
     * <pre>
     * List the registered rights to a plot.
     * </pre>
     */
    default void listRights(io.landhub.rosreestr.v1.ListRightsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.ListRightsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRightsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Say whether a party owns a plot and may sell it, or that it can't be known.
     * </pre>
     */
    default void checkOwner(io.landhub.rosreestr.v1.CheckOwnerRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.CheckOwnerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCheckOwnerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Submit a transfer for registration and follow it. Before anything is sent, the seller's right is checked afresh.
     * </pre>
     */
    default void createRegistration(io.landhub.rosreestr.v1.CreateRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.CreateRegistrationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateRegistrationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a registration as it stands.
     * </pre>
     */
    default void getRegistration(io.landhub.rosreestr.v1.GetRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.GetRegistrationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRegistrationMethod(), responseObserver);
    }

    /**
     * <pre>
     * List registrations, newest first.
     * </pre>
     */
    default void listRegistrations(io.landhub.rosreestr.v1.ListRegistrationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.ListRegistrationsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRegistrationsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a registration now and whenever it changes, until it is final.
     * </pre>
     */
    default void watchRegistration(io.landhub.rosreestr.v1.WatchRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.WatchRegistrationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchRegistrationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Add documents to a registration that is not final.
     * </pre>
     */
    default void addRegistrationDocuments(io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAddRegistrationDocumentsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ask the register to end a registration that is not final.
     * </pre>
     */
    default void withdrawRegistration(io.landhub.rosreestr.v1.WithdrawRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.WithdrawRegistrationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWithdrawRegistrationMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RosreestrService.
   * <pre>
   * Land plots, rights to them, and the registration of their transfer.
   * </pre>
   */
  public static abstract class RosreestrServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RosreestrServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RosreestrService.
   * <pre>
   * Land plots, rights to them, and the registration of their transfer.
   * </pre>
   */
  public static final class RosreestrServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RosreestrServiceStub> {
    private RosreestrServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RosreestrServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RosreestrServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Look one plot up.
     * </pre>
     */
    public void getLandPlot(io.landhub.rosreestr.v1.GetLandPlotRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.GetLandPlotResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetLandPlotMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Look several plots up; what fails is told plot by plot.
     * </pre>
     */
    public void batchGetLandPlots(io.landhub.rosreestr.v1.BatchGetLandPlotsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.BatchGetLandPlotsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchGetLandPlotsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List the registered rights to a plot.
     * </pre>
     */
    public void listRights(io.landhub.rosreestr.v1.ListRightsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.ListRightsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRightsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Say whether a party owns a plot and may sell it, or that it can't be known.
     * </pre>
     */
    public void checkOwner(io.landhub.rosreestr.v1.CheckOwnerRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.CheckOwnerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCheckOwnerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Submit a transfer for registration and follow it. Before anything is sent, the seller's right is checked afresh.
     * </pre>
     */
    public void createRegistration(io.landhub.rosreestr.v1.CreateRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.CreateRegistrationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateRegistrationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a registration as it stands.
     * </pre>
     */
    public void getRegistration(io.landhub.rosreestr.v1.GetRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.GetRegistrationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRegistrationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List registrations, newest first.
     * </pre>
     */
    public void listRegistrations(io.landhub.rosreestr.v1.ListRegistrationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.ListRegistrationsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRegistrationsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a registration now and whenever it changes, until it is final.
     * </pre>
     */
    public void watchRegistration(io.landhub.rosreestr.v1.WatchRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.WatchRegistrationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchRegistrationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Add documents to a registration that is not final.
     * </pre>
     */
    public void addRegistrationDocuments(io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAddRegistrationDocumentsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ask the register to end a registration that is not final.
     * </pre>
     */
    public void withdrawRegistration(io.landhub.rosreestr.v1.WithdrawRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.WithdrawRegistrationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getWithdrawRegistrationMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RosreestrService.
   * <pre>
   * Land plots, rights to them, and the registration of their transfer.
   * </pre>
   */
  public static final class RosreestrServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RosreestrServiceBlockingV2Stub> {
    private RosreestrServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RosreestrServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RosreestrServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Look one plot up.
     * </pre>
     */
    public io.landhub.rosreestr.v1.GetLandPlotResponse getLandPlot(io.landhub.rosreestr.v1.GetLandPlotRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetLandPlotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Look several plots up; what fails is told plot by plot.
     * </pre>
     */
    public io.landhub.rosreestr.v1.BatchGetLandPlotsResponse batchGetLandPlots(io.landhub.rosreestr.v1.BatchGetLandPlotsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchGetLandPlotsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List the registered rights to a plot.
     * </pre>
     */
    public io.landhub.rosreestr.v1.ListRightsResponse listRights(io.landhub.rosreestr.v1.ListRightsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say whether a party owns a plot and may sell it, or that it can't be known.
     * </pre>
     */
    public io.landhub.rosreestr.v1.CheckOwnerResponse checkOwner(io.landhub.rosreestr.v1.CheckOwnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCheckOwnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Submit a transfer for registration and follow it. Before anything is sent, the seller's right is checked afresh.
     * </pre>
     */
    public io.landhub.rosreestr.v1.CreateRegistrationResponse createRegistration(io.landhub.rosreestr.v1.CreateRegistrationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a registration as it stands.
     * </pre>
     */
    public io.landhub.rosreestr.v1.GetRegistrationResponse getRegistration(io.landhub.rosreestr.v1.GetRegistrationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List registrations, newest first.
     * </pre>
     */
    public io.landhub.rosreestr.v1.ListRegistrationsResponse listRegistrations(io.landhub.rosreestr.v1.ListRegistrationsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRegistrationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a registration now and whenever it changes, until it is final.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.landhub.rosreestr.v1.WatchRegistrationResponse>
        watchRegistration(io.landhub.rosreestr.v1.WatchRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Add documents to a registration that is not final.
     * </pre>
     */
    public io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse addRegistrationDocuments(io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAddRegistrationDocumentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ask the register to end a registration that is not final.
     * </pre>
     */
    public io.landhub.rosreestr.v1.WithdrawRegistrationResponse withdrawRegistration(io.landhub.rosreestr.v1.WithdrawRegistrationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getWithdrawRegistrationMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RosreestrService.
   * <pre>
   * Land plots, rights to them, and the registration of their transfer.
   * </pre>
   */
  public static final class RosreestrServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RosreestrServiceBlockingStub> {
    private RosreestrServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RosreestrServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RosreestrServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Look one plot up.
     * </pre>
     */
    public io.landhub.rosreestr.v1.GetLandPlotResponse getLandPlot(io.landhub.rosreestr.v1.GetLandPlotRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetLandPlotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Look several plots up; what fails is told plot by plot.
     * </pre>
     */
    public io.landhub.rosreestr.v1.BatchGetLandPlotsResponse batchGetLandPlots(io.landhub.rosreestr.v1.BatchGetLandPlotsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchGetLandPlotsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List the registered rights to a plot.
     * </pre>
     */
    public io.landhub.rosreestr.v1.ListRightsResponse listRights(io.landhub.rosreestr.v1.ListRightsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say whether a party owns a plot and may sell it, or that it can't be known.
     * </pre>
     */
    public io.landhub.rosreestr.v1.CheckOwnerResponse checkOwner(io.landhub.rosreestr.v1.CheckOwnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCheckOwnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Submit a transfer for registration and follow it. Before anything is sent, the seller's right is checked afresh.
     * </pre>
     */
    public io.landhub.rosreestr.v1.CreateRegistrationResponse createRegistration(io.landhub.rosreestr.v1.CreateRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a registration as it stands.
     * </pre>
     */
    public io.landhub.rosreestr.v1.GetRegistrationResponse getRegistration(io.landhub.rosreestr.v1.GetRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List registrations, newest first.
     * </pre>
     */
    public io.landhub.rosreestr.v1.ListRegistrationsResponse listRegistrations(io.landhub.rosreestr.v1.ListRegistrationsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRegistrationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a registration now and whenever it changes, until it is final.
     * </pre>
     */
    public java.util.Iterator<io.landhub.rosreestr.v1.WatchRegistrationResponse> watchRegistration(
        io.landhub.rosreestr.v1.WatchRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Add documents to a registration that is not final.
     * </pre>
     */
    public io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse addRegistrationDocuments(io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAddRegistrationDocumentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ask the register to end a registration that is not final.
     * </pre>
     */
    public io.landhub.rosreestr.v1.WithdrawRegistrationResponse withdrawRegistration(io.landhub.rosreestr.v1.WithdrawRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getWithdrawRegistrationMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RosreestrService.
   * <pre>
   * Land plots, rights to them, and the registration of their transfer.
   * </pre>
   */
  public static final class RosreestrServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RosreestrServiceFutureStub> {
    private RosreestrServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RosreestrServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RosreestrServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Look one plot up.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.GetLandPlotResponse> getLandPlot(
        io.landhub.rosreestr.v1.GetLandPlotRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetLandPlotMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Look several plots up; what fails is told plot by plot.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.BatchGetLandPlotsResponse> batchGetLandPlots(
        io.landhub.rosreestr.v1.BatchGetLandPlotsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchGetLandPlotsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List the registered rights to a plot.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.ListRightsResponse> listRights(
        io.landhub.rosreestr.v1.ListRightsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRightsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Say whether a party owns a plot and may sell it, or that it can't be known.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.CheckOwnerResponse> checkOwner(
        io.landhub.rosreestr.v1.CheckOwnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCheckOwnerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Submit a transfer for registration and follow it. Before anything is sent, the seller's right is checked afresh.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.CreateRegistrationResponse> createRegistration(
        io.landhub.rosreestr.v1.CreateRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateRegistrationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a registration as it stands.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.GetRegistrationResponse> getRegistration(
        io.landhub.rosreestr.v1.GetRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRegistrationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List registrations, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.ListRegistrationsResponse> listRegistrations(
        io.landhub.rosreestr.v1.ListRegistrationsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRegistrationsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Add documents to a registration that is not final.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse> addRegistrationDocuments(
        io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAddRegistrationDocumentsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ask the register to end a registration that is not final.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.rosreestr.v1.WithdrawRegistrationResponse> withdrawRegistration(
        io.landhub.rosreestr.v1.WithdrawRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getWithdrawRegistrationMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_LAND_PLOT = 0;
  private static final int METHODID_BATCH_GET_LAND_PLOTS = 1;
  private static final int METHODID_LIST_RIGHTS = 2;
  private static final int METHODID_CHECK_OWNER = 3;
  private static final int METHODID_CREATE_REGISTRATION = 4;
  private static final int METHODID_GET_REGISTRATION = 5;
  private static final int METHODID_LIST_REGISTRATIONS = 6;
  private static final int METHODID_WATCH_REGISTRATION = 7;
  private static final int METHODID_ADD_REGISTRATION_DOCUMENTS = 8;
  private static final int METHODID_WITHDRAW_REGISTRATION = 9;

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
        case METHODID_GET_LAND_PLOT:
          serviceImpl.getLandPlot((io.landhub.rosreestr.v1.GetLandPlotRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.GetLandPlotResponse>) responseObserver);
          break;
        case METHODID_BATCH_GET_LAND_PLOTS:
          serviceImpl.batchGetLandPlots((io.landhub.rosreestr.v1.BatchGetLandPlotsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.BatchGetLandPlotsResponse>) responseObserver);
          break;
        case METHODID_LIST_RIGHTS:
          serviceImpl.listRights((io.landhub.rosreestr.v1.ListRightsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.ListRightsResponse>) responseObserver);
          break;
        case METHODID_CHECK_OWNER:
          serviceImpl.checkOwner((io.landhub.rosreestr.v1.CheckOwnerRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.CheckOwnerResponse>) responseObserver);
          break;
        case METHODID_CREATE_REGISTRATION:
          serviceImpl.createRegistration((io.landhub.rosreestr.v1.CreateRegistrationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.CreateRegistrationResponse>) responseObserver);
          break;
        case METHODID_GET_REGISTRATION:
          serviceImpl.getRegistration((io.landhub.rosreestr.v1.GetRegistrationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.GetRegistrationResponse>) responseObserver);
          break;
        case METHODID_LIST_REGISTRATIONS:
          serviceImpl.listRegistrations((io.landhub.rosreestr.v1.ListRegistrationsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.ListRegistrationsResponse>) responseObserver);
          break;
        case METHODID_WATCH_REGISTRATION:
          serviceImpl.watchRegistration((io.landhub.rosreestr.v1.WatchRegistrationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.WatchRegistrationResponse>) responseObserver);
          break;
        case METHODID_ADD_REGISTRATION_DOCUMENTS:
          serviceImpl.addRegistrationDocuments((io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse>) responseObserver);
          break;
        case METHODID_WITHDRAW_REGISTRATION:
          serviceImpl.withdrawRegistration((io.landhub.rosreestr.v1.WithdrawRegistrationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.rosreestr.v1.WithdrawRegistrationResponse>) responseObserver);
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
          getGetLandPlotMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.GetLandPlotRequest,
              io.landhub.rosreestr.v1.GetLandPlotResponse>(
                service, METHODID_GET_LAND_PLOT)))
        .addMethod(
          getBatchGetLandPlotsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.BatchGetLandPlotsRequest,
              io.landhub.rosreestr.v1.BatchGetLandPlotsResponse>(
                service, METHODID_BATCH_GET_LAND_PLOTS)))
        .addMethod(
          getListRightsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.ListRightsRequest,
              io.landhub.rosreestr.v1.ListRightsResponse>(
                service, METHODID_LIST_RIGHTS)))
        .addMethod(
          getCheckOwnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.CheckOwnerRequest,
              io.landhub.rosreestr.v1.CheckOwnerResponse>(
                service, METHODID_CHECK_OWNER)))
        .addMethod(
          getCreateRegistrationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.CreateRegistrationRequest,
              io.landhub.rosreestr.v1.CreateRegistrationResponse>(
                service, METHODID_CREATE_REGISTRATION)))
        .addMethod(
          getGetRegistrationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.GetRegistrationRequest,
              io.landhub.rosreestr.v1.GetRegistrationResponse>(
                service, METHODID_GET_REGISTRATION)))
        .addMethod(
          getListRegistrationsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.ListRegistrationsRequest,
              io.landhub.rosreestr.v1.ListRegistrationsResponse>(
                service, METHODID_LIST_REGISTRATIONS)))
        .addMethod(
          getWatchRegistrationMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.WatchRegistrationRequest,
              io.landhub.rosreestr.v1.WatchRegistrationResponse>(
                service, METHODID_WATCH_REGISTRATION)))
        .addMethod(
          getAddRegistrationDocumentsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.AddRegistrationDocumentsRequest,
              io.landhub.rosreestr.v1.AddRegistrationDocumentsResponse>(
                service, METHODID_ADD_REGISTRATION_DOCUMENTS)))
        .addMethod(
          getWithdrawRegistrationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.rosreestr.v1.WithdrawRegistrationRequest,
              io.landhub.rosreestr.v1.WithdrawRegistrationResponse>(
                service, METHODID_WITHDRAW_REGISTRATION)))
        .build();
  }

  private static abstract class RosreestrServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RosreestrServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.rosreestr.v1.RosreestrServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RosreestrService");
    }
  }

  private static final class RosreestrServiceFileDescriptorSupplier
      extends RosreestrServiceBaseDescriptorSupplier {
    RosreestrServiceFileDescriptorSupplier() {}
  }

  private static final class RosreestrServiceMethodDescriptorSupplier
      extends RosreestrServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RosreestrServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RosreestrServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RosreestrServiceFileDescriptorSupplier())
              .addMethod(getGetLandPlotMethod())
              .addMethod(getBatchGetLandPlotsMethod())
              .addMethod(getListRightsMethod())
              .addMethod(getCheckOwnerMethod())
              .addMethod(getCreateRegistrationMethod())
              .addMethod(getGetRegistrationMethod())
              .addMethod(getListRegistrationsMethod())
              .addMethod(getWatchRegistrationMethod())
              .addMethod(getAddRegistrationDocumentsMethod())
              .addMethod(getWithdrawRegistrationMethod())
              .build();
        }
      }
    }
    return result;
  }
}
