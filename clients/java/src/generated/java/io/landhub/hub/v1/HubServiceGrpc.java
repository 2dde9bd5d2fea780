package io.landhub.hub.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Administration of a hub: served on its own port, to administrators' certificates only.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class HubServiceGrpc {

  private HubServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.hub.v1.HubService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ListModulesRequest,
      io.landhub.hub.v1.ListModulesResponse> getListModulesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListModules",
      requestType = io.landhub.hub.v1.ListModulesRequest.class,
      responseType = io.landhub.hub.v1.ListModulesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ListModulesRequest,
      io.landhub.hub.v1.ListModulesResponse> getListModulesMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ListModulesRequest, io.landhub.hub.v1.ListModulesResponse> getListModulesMethod;
    if ((getListModulesMethod = HubServiceGrpc.getListModulesMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getListModulesMethod = HubServiceGrpc.getListModulesMethod) == null) {
          HubServiceGrpc.getListModulesMethod = getListModulesMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ListModulesRequest, io.landhub.hub.v1.ListModulesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListModules"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListModulesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListModulesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ListModules"))
              .build();
        }
      }
    }
    return getListModulesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.SetModuleModeRequest,
      io.landhub.hub.v1.SetModuleModeResponse> getSetModuleModeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetModuleMode",
      requestType = io.landhub.hub.v1.SetModuleModeRequest.class,
      responseType = io.landhub.hub.v1.SetModuleModeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.SetModuleModeRequest,
      io.landhub.hub.v1.SetModuleModeResponse> getSetModuleModeMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.SetModuleModeRequest, io.landhub.hub.v1.SetModuleModeResponse> getSetModuleModeMethod;
    if ((getSetModuleModeMethod = HubServiceGrpc.getSetModuleModeMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getSetModuleModeMethod = HubServiceGrpc.getSetModuleModeMethod) == null) {
          HubServiceGrpc.getSetModuleModeMethod = getSetModuleModeMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.SetModuleModeRequest, io.landhub.hub.v1.SetModuleModeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetModuleMode"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.SetModuleModeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.SetModuleModeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("SetModuleMode"))
              .build();
        }
      }
    }
    return getSetModuleModeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ListUpstreamsRequest,
      io.landhub.hub.v1.ListUpstreamsResponse> getListUpstreamsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListUpstreams",
      requestType = io.landhub.hub.v1.ListUpstreamsRequest.class,
      responseType = io.landhub.hub.v1.ListUpstreamsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ListUpstreamsRequest,
      io.landhub.hub.v1.ListUpstreamsResponse> getListUpstreamsMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ListUpstreamsRequest, io.landhub.hub.v1.ListUpstreamsResponse> getListUpstreamsMethod;
    if ((getListUpstreamsMethod = HubServiceGrpc.getListUpstreamsMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getListUpstreamsMethod = HubServiceGrpc.getListUpstreamsMethod) == null) {
          HubServiceGrpc.getListUpstreamsMethod = getListUpstreamsMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ListUpstreamsRequest, io.landhub.hub.v1.ListUpstreamsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListUpstreams"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListUpstreamsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListUpstreamsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ListUpstreams"))
              .build();
        }
      }
    }
    return getListUpstreamsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ProbeUpstreamRequest,
      io.landhub.hub.v1.ProbeUpstreamResponse> getProbeUpstreamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ProbeUpstream",
      requestType = io.landhub.hub.v1.ProbeUpstreamRequest.class,
      responseType = io.landhub.hub.v1.ProbeUpstreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ProbeUpstreamRequest,
      io.landhub.hub.v1.ProbeUpstreamResponse> getProbeUpstreamMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ProbeUpstreamRequest, io.landhub.hub.v1.ProbeUpstreamResponse> getProbeUpstreamMethod;
    if ((getProbeUpstreamMethod = HubServiceGrpc.getProbeUpstreamMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getProbeUpstreamMethod = HubServiceGrpc.getProbeUpstreamMethod) == null) {
          HubServiceGrpc.getProbeUpstreamMethod = getProbeUpstreamMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ProbeUpstreamRequest, io.landhub.hub.v1.ProbeUpstreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ProbeUpstream"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ProbeUpstreamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ProbeUpstreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ProbeUpstream"))
              .build();
        }
      }
    }
    return getProbeUpstreamMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ResetBreakerRequest,
      io.landhub.hub.v1.ResetBreakerResponse> getResetBreakerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResetBreaker",
      requestType = io.landhub.hub.v1.ResetBreakerRequest.class,
      responseType = io.landhub.hub.v1.ResetBreakerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ResetBreakerRequest,
      io.landhub.hub.v1.ResetBreakerResponse> getResetBreakerMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ResetBreakerRequest, io.landhub.hub.v1.ResetBreakerResponse> getResetBreakerMethod;
    if ((getResetBreakerMethod = HubServiceGrpc.getResetBreakerMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getResetBreakerMethod = HubServiceGrpc.getResetBreakerMethod) == null) {
          HubServiceGrpc.getResetBreakerMethod = getResetBreakerMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ResetBreakerRequest, io.landhub.hub.v1.ResetBreakerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResetBreaker"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ResetBreakerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ResetBreakerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ResetBreaker"))
              .build();
        }
      }
    }
    return getResetBreakerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ListAuditRecordsRequest,
      io.landhub.hub.v1.ListAuditRecordsResponse> getListAuditRecordsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAuditRecords",
      requestType = io.landhub.hub.v1.ListAuditRecordsRequest.class,
      responseType = io.landhub.hub.v1.ListAuditRecordsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ListAuditRecordsRequest,
      io.landhub.hub.v1.ListAuditRecordsResponse> getListAuditRecordsMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ListAuditRecordsRequest, io.landhub.hub.v1.ListAuditRecordsResponse> getListAuditRecordsMethod;
    if ((getListAuditRecordsMethod = HubServiceGrpc.getListAuditRecordsMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getListAuditRecordsMethod = HubServiceGrpc.getListAuditRecordsMethod) == null) {
          HubServiceGrpc.getListAuditRecordsMethod = getListAuditRecordsMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ListAuditRecordsRequest, io.landhub.hub.v1.ListAuditRecordsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAuditRecords"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListAuditRecordsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListAuditRecordsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ListAuditRecords"))
              .build();
        }
      }
    }
    return getListAuditRecordsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.GetStoryRequest,
      io.landhub.hub.v1.GetStoryResponse> getGetStoryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetStory",
      requestType = io.landhub.hub.v1.GetStoryRequest.class,
      responseType = io.landhub.hub.v1.GetStoryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.GetStoryRequest,
      io.landhub.hub.v1.GetStoryResponse> getGetStoryMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.GetStoryRequest, io.landhub.hub.v1.GetStoryResponse> getGetStoryMethod;
    if ((getGetStoryMethod = HubServiceGrpc.getGetStoryMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getGetStoryMethod = HubServiceGrpc.getGetStoryMethod) == null) {
          HubServiceGrpc.getGetStoryMethod = getGetStoryMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.GetStoryRequest, io.landhub.hub.v1.GetStoryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetStory"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.GetStoryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.GetStoryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("GetStory"))
              .build();
        }
      }
    }
    return getGetStoryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ListOutboxJobsRequest,
      io.landhub.hub.v1.ListOutboxJobsResponse> getListOutboxJobsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListOutboxJobs",
      requestType = io.landhub.hub.v1.ListOutboxJobsRequest.class,
      responseType = io.landhub.hub.v1.ListOutboxJobsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ListOutboxJobsRequest,
      io.landhub.hub.v1.ListOutboxJobsResponse> getListOutboxJobsMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ListOutboxJobsRequest, io.landhub.hub.v1.ListOutboxJobsResponse> getListOutboxJobsMethod;
    if ((getListOutboxJobsMethod = HubServiceGrpc.getListOutboxJobsMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getListOutboxJobsMethod = HubServiceGrpc.getListOutboxJobsMethod) == null) {
          HubServiceGrpc.getListOutboxJobsMethod = getListOutboxJobsMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ListOutboxJobsRequest, io.landhub.hub.v1.ListOutboxJobsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListOutboxJobs"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListOutboxJobsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListOutboxJobsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ListOutboxJobs"))
              .build();
        }
      }
    }
    return getListOutboxJobsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.RetryOutboxJobRequest,
      io.landhub.hub.v1.RetryOutboxJobResponse> getRetryOutboxJobMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RetryOutboxJob",
      requestType = io.landhub.hub.v1.RetryOutboxJobRequest.class,
      responseType = io.landhub.hub.v1.RetryOutboxJobResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.RetryOutboxJobRequest,
      io.landhub.hub.v1.RetryOutboxJobResponse> getRetryOutboxJobMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.RetryOutboxJobRequest, io.landhub.hub.v1.RetryOutboxJobResponse> getRetryOutboxJobMethod;
    if ((getRetryOutboxJobMethod = HubServiceGrpc.getRetryOutboxJobMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getRetryOutboxJobMethod = HubServiceGrpc.getRetryOutboxJobMethod) == null) {
          HubServiceGrpc.getRetryOutboxJobMethod = getRetryOutboxJobMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.RetryOutboxJobRequest, io.landhub.hub.v1.RetryOutboxJobResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RetryOutboxJob"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.RetryOutboxJobRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.RetryOutboxJobResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("RetryOutboxJob"))
              .build();
        }
      }
    }
    return getRetryOutboxJobMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.DiscardOutboxJobRequest,
      io.landhub.hub.v1.DiscardOutboxJobResponse> getDiscardOutboxJobMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DiscardOutboxJob",
      requestType = io.landhub.hub.v1.DiscardOutboxJobRequest.class,
      responseType = io.landhub.hub.v1.DiscardOutboxJobResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.DiscardOutboxJobRequest,
      io.landhub.hub.v1.DiscardOutboxJobResponse> getDiscardOutboxJobMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.DiscardOutboxJobRequest, io.landhub.hub.v1.DiscardOutboxJobResponse> getDiscardOutboxJobMethod;
    if ((getDiscardOutboxJobMethod = HubServiceGrpc.getDiscardOutboxJobMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getDiscardOutboxJobMethod = HubServiceGrpc.getDiscardOutboxJobMethod) == null) {
          HubServiceGrpc.getDiscardOutboxJobMethod = getDiscardOutboxJobMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.DiscardOutboxJobRequest, io.landhub.hub.v1.DiscardOutboxJobResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DiscardOutboxJob"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.DiscardOutboxJobRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.DiscardOutboxJobResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("DiscardOutboxJob"))
              .build();
        }
      }
    }
    return getDiscardOutboxJobMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ListStuckWorkRequest,
      io.landhub.hub.v1.ListStuckWorkResponse> getListStuckWorkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListStuckWork",
      requestType = io.landhub.hub.v1.ListStuckWorkRequest.class,
      responseType = io.landhub.hub.v1.ListStuckWorkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ListStuckWorkRequest,
      io.landhub.hub.v1.ListStuckWorkResponse> getListStuckWorkMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ListStuckWorkRequest, io.landhub.hub.v1.ListStuckWorkResponse> getListStuckWorkMethod;
    if ((getListStuckWorkMethod = HubServiceGrpc.getListStuckWorkMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getListStuckWorkMethod = HubServiceGrpc.getListStuckWorkMethod) == null) {
          HubServiceGrpc.getListStuckWorkMethod = getListStuckWorkMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ListStuckWorkRequest, io.landhub.hub.v1.ListStuckWorkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListStuckWork"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListStuckWorkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ListStuckWorkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ListStuckWork"))
              .build();
        }
      }
    }
    return getListStuckWorkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.hub.v1.ResolveOutcomeRequest,
      io.landhub.hub.v1.ResolveOutcomeResponse> getResolveOutcomeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResolveOutcome",
      requestType = io.landhub.hub.v1.ResolveOutcomeRequest.class,
      responseType = io.landhub.hub.v1.ResolveOutcomeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.hub.v1.ResolveOutcomeRequest,
      io.landhub.hub.v1.ResolveOutcomeResponse> getResolveOutcomeMethod() {
    io.grpc.MethodDescriptor<io.landhub.hub.v1.ResolveOutcomeRequest, io.landhub.hub.v1.ResolveOutcomeResponse> getResolveOutcomeMethod;
    if ((getResolveOutcomeMethod = HubServiceGrpc.getResolveOutcomeMethod) == null) {
      synchronized (HubServiceGrpc.class) {
        if ((getResolveOutcomeMethod = HubServiceGrpc.getResolveOutcomeMethod) == null) {
          HubServiceGrpc.getResolveOutcomeMethod = getResolveOutcomeMethod =
              io.grpc.MethodDescriptor.<io.landhub.hub.v1.ResolveOutcomeRequest, io.landhub.hub.v1.ResolveOutcomeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResolveOutcome"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ResolveOutcomeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.hub.v1.ResolveOutcomeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HubServiceMethodDescriptorSupplier("ResolveOutcome"))
              .build();
        }
      }
    }
    return getResolveOutcomeMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static HubServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HubServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HubServiceStub>() {
        @java.lang.Override
        public HubServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HubServiceStub(channel, callOptions);
        }
      };
    return HubServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static HubServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HubServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HubServiceBlockingV2Stub>() {
        @java.lang.Override
        public HubServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HubServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return HubServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static HubServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HubServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HubServiceBlockingStub>() {
        @java.lang.Override
        public HubServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HubServiceBlockingStub(channel, callOptions);
        }
      };
    return HubServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static HubServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HubServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HubServiceFutureStub>() {
        @java.lang.Override
        public HubServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HubServiceFutureStub(channel, callOptions);
        }
      };
    return HubServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Administration of a hub: served on its own port, to administrators' certificates only.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * List the modules.
     * </pre>
     */
    default void listModules(io.landhub.hub.v1.ListModulesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListModulesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListModulesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Set how far a module is let. Switching one on that was off takes a restart.
     * </pre>
     */
    default void setModuleMode(io.landhub.hub.v1.SetModuleModeRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.SetModuleModeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetModuleModeMethod(), responseObserver);
    }

    /**
     * <pre>
     * List the services outside that the hub calls.
     * </pre>
     */
    default void listUpstreams(io.landhub.hub.v1.ListUpstreamsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListUpstreamsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListUpstreamsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Go the way to an upstream step by step and make one harmless read of it with the real credentials.
     * </pre>
     */
    default void probeUpstream(io.landhub.hub.v1.ProbeUpstreamRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ProbeUpstreamResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getProbeUpstreamMethod(), responseObserver);
    }

    /**
     * <pre>
     * Close a circuit breaker now.
     * </pre>
     */
    default void resetBreaker(io.landhub.hub.v1.ResetBreakerRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ResetBreakerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResetBreakerMethod(), responseObserver);
    }

    /**
     * <pre>
     * List audit records, newest first.
     * </pre>
     */
    default void listAuditRecords(io.landhub.hub.v1.ListAuditRecordsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListAuditRecordsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAuditRecordsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tell the story of one business reference over hub, agent and upstreams, in the order of time.
     * </pre>
     */
    default void getStory(io.landhub.hub.v1.GetStoryRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.GetStoryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetStoryMethod(), responseObserver);
    }

    /**
     * <pre>
     * List jobs of the outbox, newest first.
     * </pre>
     */
    default void listOutboxJobs(io.landhub.hub.v1.ListOutboxJobsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListOutboxJobsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListOutboxJobsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Run a job that was given up, or that waits for its time, now. It is audited with its reason.
     * </pre>
     */
    default void retryOutboxJob(io.landhub.hub.v1.RetryOutboxJobRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.RetryOutboxJobResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRetryOutboxJobMethod(), responseObserver);
    }

    /**
     * <pre>
     * Never run a job that was given up, or that waits for its time. Its resource stays as it stands. It is audited with
     * its reason.
     * </pre>
     */
    default void discardOutboxJob(io.landhub.hub.v1.DiscardOutboxJobRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.DiscardOutboxJobResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDiscardOutboxJobMethod(), responseObserver);
    }

    /**
     * <pre>
     * List the work that does not go on as it should: what waits for a person, and what is tried again and again.
     * </pre>
     */
    default void listStuckWork(io.landhub.hub.v1.ListStuckWorkRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListStuckWorkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListStuckWorkMethod(), responseObserver);
    }

    /**
     * <pre>
     * Settle an outcome that can't be found out by asking. It is audited with its reason.
     * </pre>
     */
    default void resolveOutcome(io.landhub.hub.v1.ResolveOutcomeRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ResolveOutcomeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResolveOutcomeMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service HubService.
   * <pre>
   * Administration of a hub: served on its own port, to administrators' certificates only.
   * </pre>
   */
  public static abstract class HubServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return HubServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service HubService.
   * <pre>
   * Administration of a hub: served on its own port, to administrators' certificates only.
   * </pre>
   */
  public static final class HubServiceStub
      extends io.grpc.stub.AbstractAsyncStub<HubServiceStub> {
    private HubServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HubServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HubServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the modules.
     * </pre>
     */
    public void listModules(io.landhub.hub.v1.ListModulesRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListModulesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListModulesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Set how far a module is let. Switching one on that was off takes a restart.
     * </pre>
     */
    public void setModuleMode(io.landhub.hub.v1.SetModuleModeRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.SetModuleModeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetModuleModeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List the services outside that the hub calls.
     * </pre>
     */
    public void listUpstreams(io.landhub.hub.v1.ListUpstreamsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListUpstreamsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListUpstreamsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Go the way to an upstream step by step and make one harmless read of it with the real credentials.
     * </pre>
     */
    public void probeUpstream(io.landhub.hub.v1.ProbeUpstreamRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ProbeUpstreamResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getProbeUpstreamMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Close a circuit breaker now.
     * </pre>
     */
    public void resetBreaker(io.landhub.hub.v1.ResetBreakerRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ResetBreakerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResetBreakerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List audit records, newest first.
     * </pre>
     */
    public void listAuditRecords(io.landhub.hub.v1.ListAuditRecordsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListAuditRecordsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAuditRecordsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tell the story of one business reference over hub, agent and upstreams, in the order of time.
     * </pre>
     */
    public void getStory(io.landhub.hub.v1.GetStoryRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.GetStoryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetStoryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List jobs of the outbox, newest first.
     * </pre>
     */
    public void listOutboxJobs(io.landhub.hub.v1.ListOutboxJobsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListOutboxJobsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListOutboxJobsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Run a job that was given up, or that waits for its time, now. It is audited with its reason.
     * </pre>
     */
    public void retryOutboxJob(io.landhub.hub.v1.RetryOutboxJobRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.RetryOutboxJobResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRetryOutboxJobMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Never run a job that was given up, or that waits for its time. Its resource stays as it stands. It is audited with
     * its reason.
     * </pre>
     */
    public void discardOutboxJob(io.landhub.hub.v1.DiscardOutboxJobRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.DiscardOutboxJobResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDiscardOutboxJobMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List the work that does not go on as it should: what waits for a person, and what is tried again and again.
     * </pre>
     */
    public void listStuckWork(io.landhub.hub.v1.ListStuckWorkRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListStuckWorkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListStuckWorkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Settle an outcome that can't be found out by asking. It is audited with its reason.
     * </pre>
     */
    public void resolveOutcome(io.landhub.hub.v1.ResolveOutcomeRequest request,
        io.grpc.stub.StreamObserver<io.landhub.hub.v1.ResolveOutcomeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResolveOutcomeMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service HubService.
   * <pre>
   * Administration of a hub: served on its own port, to administrators' certificates only.
   * </pre>
   */
  public static final class HubServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<HubServiceBlockingV2Stub> {
    private HubServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HubServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HubServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * List the modules.
     * </pre>
     */
    public io.landhub.hub.v1.ListModulesResponse listModules(io.landhub.hub.v1.ListModulesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListModulesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Set how far a module is let. Switching one on that was off takes a restart.
     * </pre>
     */
    public io.landhub.hub.v1.SetModuleModeResponse setModuleMode(io.landhub.hub.v1.SetModuleModeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetModuleModeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List the services outside that the hub calls.
     * </pre>
     */
    public io.landhub.hub.v1.ListUpstreamsResponse listUpstreams(io.landhub.hub.v1.ListUpstreamsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListUpstreamsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Go the way to an upstream step by step and make one harmless read of it with the real credentials.
     * </pre>
     */
    public io.landhub.hub.v1.ProbeUpstreamResponse probeUpstream(io.landhub.hub.v1.ProbeUpstreamRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getProbeUpstreamMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Close a circuit breaker now.
     * </pre>
     */
    public io.landhub.hub.v1.ResetBreakerResponse resetBreaker(io.landhub.hub.v1.ResetBreakerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResetBreakerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List audit records, newest first.
     * </pre>
     */
    public io.landhub.hub.v1.ListAuditRecordsResponse listAuditRecords(io.landhub.hub.v1.ListAuditRecordsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAuditRecordsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tell the story of one business reference over hub, agent and upstreams, in the order of time.
     * </pre>
     */
    public io.landhub.hub.v1.GetStoryResponse getStory(io.landhub.hub.v1.GetStoryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetStoryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List jobs of the outbox, newest first.
     * </pre>
     */
    public io.landhub.hub.v1.ListOutboxJobsResponse listOutboxJobs(io.landhub.hub.v1.ListOutboxJobsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListOutboxJobsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Run a job that was given up, or that waits for its time, now. It is audited with its reason.
     * </pre>
     */
    public io.landhub.hub.v1.RetryOutboxJobResponse retryOutboxJob(io.landhub.hub.v1.RetryOutboxJobRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRetryOutboxJobMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Never run a job that was given up, or that waits for its time. Its resource stays as it stands. It is audited with
     * its reason.
     * </pre>
     */
    public io.landhub.hub.v1.DiscardOutboxJobResponse discardOutboxJob(io.landhub.hub.v1.DiscardOutboxJobRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDiscardOutboxJobMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List the work that does not go on as it should: what waits for a person, and what is tried again and again.
     * </pre>
     */
    public io.landhub.hub.v1.ListStuckWorkResponse listStuckWork(io.landhub.hub.v1.ListStuckWorkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListStuckWorkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settle an outcome that can't be found out by asking. It is audited with its reason.
     * </pre>
     */
    public io.landhub.hub.v1.ResolveOutcomeResponse resolveOutcome(io.landhub.hub.v1.ResolveOutcomeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResolveOutcomeMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service HubService.
   * <pre>
   * Administration of a hub: served on its own port, to administrators' certificates only.
   * </pre>
   */
  public static final class HubServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<HubServiceBlockingStub> {
    private HubServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HubServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HubServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the modules.
     * </pre>
     */
    public io.landhub.hub.v1.ListModulesResponse listModules(io.landhub.hub.v1.ListModulesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListModulesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Set how far a module is let. Switching one on that was off takes a restart.
     * </pre>
     */
    public io.landhub.hub.v1.SetModuleModeResponse setModuleMode(io.landhub.hub.v1.SetModuleModeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetModuleModeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List the services outside that the hub calls.
     * </pre>
     */
    public io.landhub.hub.v1.ListUpstreamsResponse listUpstreams(io.landhub.hub.v1.ListUpstreamsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListUpstreamsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Go the way to an upstream step by step and make one harmless read of it with the real credentials.
     * </pre>
     */
    public io.landhub.hub.v1.ProbeUpstreamResponse probeUpstream(io.landhub.hub.v1.ProbeUpstreamRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getProbeUpstreamMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Close a circuit breaker now.
     * </pre>
     */
    public io.landhub.hub.v1.ResetBreakerResponse resetBreaker(io.landhub.hub.v1.ResetBreakerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResetBreakerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List audit records, newest first.
     * </pre>
     */
    public io.landhub.hub.v1.ListAuditRecordsResponse listAuditRecords(io.landhub.hub.v1.ListAuditRecordsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAuditRecordsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tell the story of one business reference over hub, agent and upstreams, in the order of time.
     * </pre>
     */
    public io.landhub.hub.v1.GetStoryResponse getStory(io.landhub.hub.v1.GetStoryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetStoryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List jobs of the outbox, newest first.
     * </pre>
     */
    public io.landhub.hub.v1.ListOutboxJobsResponse listOutboxJobs(io.landhub.hub.v1.ListOutboxJobsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListOutboxJobsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Run a job that was given up, or that waits for its time, now. It is audited with its reason.
     * </pre>
     */
    public io.landhub.hub.v1.RetryOutboxJobResponse retryOutboxJob(io.landhub.hub.v1.RetryOutboxJobRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRetryOutboxJobMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Never run a job that was given up, or that waits for its time. Its resource stays as it stands. It is audited with
     * its reason.
     * </pre>
     */
    public io.landhub.hub.v1.DiscardOutboxJobResponse discardOutboxJob(io.landhub.hub.v1.DiscardOutboxJobRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDiscardOutboxJobMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List the work that does not go on as it should: what waits for a person, and what is tried again and again.
     * </pre>
     */
    public io.landhub.hub.v1.ListStuckWorkResponse listStuckWork(io.landhub.hub.v1.ListStuckWorkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListStuckWorkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settle an outcome that can't be found out by asking. It is audited with its reason.
     * </pre>
     */
    public io.landhub.hub.v1.ResolveOutcomeResponse resolveOutcome(io.landhub.hub.v1.ResolveOutcomeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResolveOutcomeMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service HubService.
   * <pre>
   * Administration of a hub: served on its own port, to administrators' certificates only.
   * </pre>
   */
  public static final class HubServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<HubServiceFutureStub> {
    private HubServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HubServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HubServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * List the modules.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ListModulesResponse> listModules(
        io.landhub.hub.v1.ListModulesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListModulesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Set how far a module is let. Switching one on that was off takes a restart.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.SetModuleModeResponse> setModuleMode(
        io.landhub.hub.v1.SetModuleModeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetModuleModeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List the services outside that the hub calls.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ListUpstreamsResponse> listUpstreams(
        io.landhub.hub.v1.ListUpstreamsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListUpstreamsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Go the way to an upstream step by step and make one harmless read of it with the real credentials.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ProbeUpstreamResponse> probeUpstream(
        io.landhub.hub.v1.ProbeUpstreamRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getProbeUpstreamMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Close a circuit breaker now.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ResetBreakerResponse> resetBreaker(
        io.landhub.hub.v1.ResetBreakerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResetBreakerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List audit records, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ListAuditRecordsResponse> listAuditRecords(
        io.landhub.hub.v1.ListAuditRecordsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAuditRecordsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Tell the story of one business reference over hub, agent and upstreams, in the order of time.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.GetStoryResponse> getStory(
        io.landhub.hub.v1.GetStoryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetStoryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List jobs of the outbox, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ListOutboxJobsResponse> listOutboxJobs(
        io.landhub.hub.v1.ListOutboxJobsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListOutboxJobsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Run a job that was given up, or that waits for its time, now. It is audited with its reason.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.RetryOutboxJobResponse> retryOutboxJob(
        io.landhub.hub.v1.RetryOutboxJobRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRetryOutboxJobMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Never run a job that was given up, or that waits for its time. Its resource stays as it stands. It is audited with
     * its reason.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.DiscardOutboxJobResponse> discardOutboxJob(
        io.landhub.hub.v1.DiscardOutboxJobRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDiscardOutboxJobMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List the work that does not go on as it should: what waits for a person, and what is tried again and again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ListStuckWorkResponse> listStuckWork(
        io.landhub.hub.v1.ListStuckWorkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListStuckWorkMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Settle an outcome that can't be found out by asking. It is audited with its reason.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.hub.v1.ResolveOutcomeResponse> resolveOutcome(
        io.landhub.hub.v1.ResolveOutcomeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResolveOutcomeMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_MODULES = 0;
  private static final int METHODID_SET_MODULE_MODE = 1;
  private static final int METHODID_LIST_UPSTREAMS = 2;
  private static final int METHODID_PROBE_UPSTREAM = 3;
  private static final int METHODID_RESET_BREAKER = 4;
  private static final int METHODID_LIST_AUDIT_RECORDS = 5;
  private static final int METHODID_GET_STORY = 6;
  private static final int METHODID_LIST_OUTBOX_JOBS = 7;
  private static final int METHODID_RETRY_OUTBOX_JOB = 8;
  private static final int METHODID_DISCARD_OUTBOX_JOB = 9;
  private static final int METHODID_LIST_STUCK_WORK = 10;
  private static final int METHODID_RESOLVE_OUTCOME = 11;

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
        case METHODID_LIST_MODULES:
          serviceImpl.listModules((io.landhub.hub.v1.ListModulesRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListModulesResponse>) responseObserver);
          break;
        case METHODID_SET_MODULE_MODE:
          serviceImpl.setModuleMode((io.landhub.hub.v1.SetModuleModeRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.SetModuleModeResponse>) responseObserver);
          break;
        case METHODID_LIST_UPSTREAMS:
          serviceImpl.listUpstreams((io.landhub.hub.v1.ListUpstreamsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListUpstreamsResponse>) responseObserver);
          break;
        case METHODID_PROBE_UPSTREAM:
          serviceImpl.probeUpstream((io.landhub.hub.v1.ProbeUpstreamRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ProbeUpstreamResponse>) responseObserver);
          break;
        case METHODID_RESET_BREAKER:
          serviceImpl.resetBreaker((io.landhub.hub.v1.ResetBreakerRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ResetBreakerResponse>) responseObserver);
          break;
        case METHODID_LIST_AUDIT_RECORDS:
          serviceImpl.listAuditRecords((io.landhub.hub.v1.ListAuditRecordsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListAuditRecordsResponse>) responseObserver);
          break;
        case METHODID_GET_STORY:
          serviceImpl.getStory((io.landhub.hub.v1.GetStoryRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.GetStoryResponse>) responseObserver);
          break;
        case METHODID_LIST_OUTBOX_JOBS:
          serviceImpl.listOutboxJobs((io.landhub.hub.v1.ListOutboxJobsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListOutboxJobsResponse>) responseObserver);
          break;
        case METHODID_RETRY_OUTBOX_JOB:
          serviceImpl.retryOutboxJob((io.landhub.hub.v1.RetryOutboxJobRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.RetryOutboxJobResponse>) responseObserver);
          break;
        case METHODID_DISCARD_OUTBOX_JOB:
          serviceImpl.discardOutboxJob((io.landhub.hub.v1.DiscardOutboxJobRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.DiscardOutboxJobResponse>) responseObserver);
          break;
        case METHODID_LIST_STUCK_WORK:
          serviceImpl.listStuckWork((io.landhub.hub.v1.ListStuckWorkRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ListStuckWorkResponse>) responseObserver);
          break;
        case METHODID_RESOLVE_OUTCOME:
          serviceImpl.resolveOutcome((io.landhub.hub.v1.ResolveOutcomeRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.hub.v1.ResolveOutcomeResponse>) responseObserver);
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
          getListModulesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ListModulesRequest,
              io.landhub.hub.v1.ListModulesResponse>(
                service, METHODID_LIST_MODULES)))
        .addMethod(
          getSetModuleModeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.SetModuleModeRequest,
              io.landhub.hub.v1.SetModuleModeResponse>(
                service, METHODID_SET_MODULE_MODE)))
        .addMethod(
          getListUpstreamsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ListUpstreamsRequest,
              io.landhub.hub.v1.ListUpstreamsResponse>(
                service, METHODID_LIST_UPSTREAMS)))
        .addMethod(
          getProbeUpstreamMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ProbeUpstreamRequest,
              io.landhub.hub.v1.ProbeUpstreamResponse>(
                service, METHODID_PROBE_UPSTREAM)))
        .addMethod(
          getResetBreakerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ResetBreakerRequest,
              io.landhub.hub.v1.ResetBreakerResponse>(
                service, METHODID_RESET_BREAKER)))
        .addMethod(
          getListAuditRecordsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ListAuditRecordsRequest,
              io.landhub.hub.v1.ListAuditRecordsResponse>(
                service, METHODID_LIST_AUDIT_RECORDS)))
        .addMethod(
          getGetStoryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.GetStoryRequest,
              io.landhub.hub.v1.GetStoryResponse>(
                service, METHODID_GET_STORY)))
        .addMethod(
          getListOutboxJobsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ListOutboxJobsRequest,
              io.landhub.hub.v1.ListOutboxJobsResponse>(
                service, METHODID_LIST_OUTBOX_JOBS)))
        .addMethod(
          getRetryOutboxJobMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.RetryOutboxJobRequest,
              io.landhub.hub.v1.RetryOutboxJobResponse>(
                service, METHODID_RETRY_OUTBOX_JOB)))
        .addMethod(
          getDiscardOutboxJobMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.DiscardOutboxJobRequest,
              io.landhub.hub.v1.DiscardOutboxJobResponse>(
                service, METHODID_DISCARD_OUTBOX_JOB)))
        .addMethod(
          getListStuckWorkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ListStuckWorkRequest,
              io.landhub.hub.v1.ListStuckWorkResponse>(
                service, METHODID_LIST_STUCK_WORK)))
        .addMethod(
          getResolveOutcomeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.hub.v1.ResolveOutcomeRequest,
              io.landhub.hub.v1.ResolveOutcomeResponse>(
                service, METHODID_RESOLVE_OUTCOME)))
        .build();
  }

  private static abstract class HubServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    HubServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.hub.v1.HubServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("HubService");
    }
  }

  private static final class HubServiceFileDescriptorSupplier
      extends HubServiceBaseDescriptorSupplier {
    HubServiceFileDescriptorSupplier() {}
  }

  private static final class HubServiceMethodDescriptorSupplier
      extends HubServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    HubServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (HubServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new HubServiceFileDescriptorSupplier())
              .addMethod(getListModulesMethod())
              .addMethod(getSetModuleModeMethod())
              .addMethod(getListUpstreamsMethod())
              .addMethod(getProbeUpstreamMethod())
              .addMethod(getResetBreakerMethod())
              .addMethod(getListAuditRecordsMethod())
              .addMethod(getGetStoryMethod())
              .addMethod(getListOutboxJobsMethod())
              .addMethod(getRetryOutboxJobMethod())
              .addMethod(getDiscardOutboxJobMethod())
              .addMethod(getListStuckWorkMethod())
              .addMethod(getResolveOutcomeMethod())
              .build();
        }
      }
    }
    return result;
  }
}
