package io.landhub.payments.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Takes money through acquirers and gives it back.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PaymentsServiceGrpc {

  private PaymentsServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "landhub.payments.v1.PaymentsService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.CreatePaymentRequest,
      io.landhub.payments.v1.CreatePaymentResponse> getCreatePaymentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreatePayment",
      requestType = io.landhub.payments.v1.CreatePaymentRequest.class,
      responseType = io.landhub.payments.v1.CreatePaymentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.CreatePaymentRequest,
      io.landhub.payments.v1.CreatePaymentResponse> getCreatePaymentMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.CreatePaymentRequest, io.landhub.payments.v1.CreatePaymentResponse> getCreatePaymentMethod;
    if ((getCreatePaymentMethod = PaymentsServiceGrpc.getCreatePaymentMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getCreatePaymentMethod = PaymentsServiceGrpc.getCreatePaymentMethod) == null) {
          PaymentsServiceGrpc.getCreatePaymentMethod = getCreatePaymentMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.CreatePaymentRequest, io.landhub.payments.v1.CreatePaymentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreatePayment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreatePaymentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreatePaymentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("CreatePayment"))
              .build();
        }
      }
    }
    return getCreatePaymentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.GetPaymentRequest,
      io.landhub.payments.v1.GetPaymentResponse> getGetPaymentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPayment",
      requestType = io.landhub.payments.v1.GetPaymentRequest.class,
      responseType = io.landhub.payments.v1.GetPaymentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.GetPaymentRequest,
      io.landhub.payments.v1.GetPaymentResponse> getGetPaymentMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.GetPaymentRequest, io.landhub.payments.v1.GetPaymentResponse> getGetPaymentMethod;
    if ((getGetPaymentMethod = PaymentsServiceGrpc.getGetPaymentMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getGetPaymentMethod = PaymentsServiceGrpc.getGetPaymentMethod) == null) {
          PaymentsServiceGrpc.getGetPaymentMethod = getGetPaymentMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.GetPaymentRequest, io.landhub.payments.v1.GetPaymentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPayment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetPaymentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetPaymentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("GetPayment"))
              .build();
        }
      }
    }
    return getGetPaymentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.ListPaymentsRequest,
      io.landhub.payments.v1.ListPaymentsResponse> getListPaymentsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPayments",
      requestType = io.landhub.payments.v1.ListPaymentsRequest.class,
      responseType = io.landhub.payments.v1.ListPaymentsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.ListPaymentsRequest,
      io.landhub.payments.v1.ListPaymentsResponse> getListPaymentsMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.ListPaymentsRequest, io.landhub.payments.v1.ListPaymentsResponse> getListPaymentsMethod;
    if ((getListPaymentsMethod = PaymentsServiceGrpc.getListPaymentsMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getListPaymentsMethod = PaymentsServiceGrpc.getListPaymentsMethod) == null) {
          PaymentsServiceGrpc.getListPaymentsMethod = getListPaymentsMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.ListPaymentsRequest, io.landhub.payments.v1.ListPaymentsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPayments"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ListPaymentsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ListPaymentsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("ListPayments"))
              .build();
        }
      }
    }
    return getListPaymentsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.WatchPaymentRequest,
      io.landhub.payments.v1.WatchPaymentResponse> getWatchPaymentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchPayment",
      requestType = io.landhub.payments.v1.WatchPaymentRequest.class,
      responseType = io.landhub.payments.v1.WatchPaymentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.WatchPaymentRequest,
      io.landhub.payments.v1.WatchPaymentResponse> getWatchPaymentMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.WatchPaymentRequest, io.landhub.payments.v1.WatchPaymentResponse> getWatchPaymentMethod;
    if ((getWatchPaymentMethod = PaymentsServiceGrpc.getWatchPaymentMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getWatchPaymentMethod = PaymentsServiceGrpc.getWatchPaymentMethod) == null) {
          PaymentsServiceGrpc.getWatchPaymentMethod = getWatchPaymentMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.WatchPaymentRequest, io.landhub.payments.v1.WatchPaymentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchPayment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.WatchPaymentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.WatchPaymentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("WatchPayment"))
              .build();
        }
      }
    }
    return getWatchPaymentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.CapturePaymentRequest,
      io.landhub.payments.v1.CapturePaymentResponse> getCapturePaymentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CapturePayment",
      requestType = io.landhub.payments.v1.CapturePaymentRequest.class,
      responseType = io.landhub.payments.v1.CapturePaymentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.CapturePaymentRequest,
      io.landhub.payments.v1.CapturePaymentResponse> getCapturePaymentMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.CapturePaymentRequest, io.landhub.payments.v1.CapturePaymentResponse> getCapturePaymentMethod;
    if ((getCapturePaymentMethod = PaymentsServiceGrpc.getCapturePaymentMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getCapturePaymentMethod = PaymentsServiceGrpc.getCapturePaymentMethod) == null) {
          PaymentsServiceGrpc.getCapturePaymentMethod = getCapturePaymentMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.CapturePaymentRequest, io.landhub.payments.v1.CapturePaymentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CapturePayment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CapturePaymentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CapturePaymentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("CapturePayment"))
              .build();
        }
      }
    }
    return getCapturePaymentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.CancelPaymentRequest,
      io.landhub.payments.v1.CancelPaymentResponse> getCancelPaymentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelPayment",
      requestType = io.landhub.payments.v1.CancelPaymentRequest.class,
      responseType = io.landhub.payments.v1.CancelPaymentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.CancelPaymentRequest,
      io.landhub.payments.v1.CancelPaymentResponse> getCancelPaymentMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.CancelPaymentRequest, io.landhub.payments.v1.CancelPaymentResponse> getCancelPaymentMethod;
    if ((getCancelPaymentMethod = PaymentsServiceGrpc.getCancelPaymentMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getCancelPaymentMethod = PaymentsServiceGrpc.getCancelPaymentMethod) == null) {
          PaymentsServiceGrpc.getCancelPaymentMethod = getCancelPaymentMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.CancelPaymentRequest, io.landhub.payments.v1.CancelPaymentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelPayment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CancelPaymentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CancelPaymentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("CancelPayment"))
              .build();
        }
      }
    }
    return getCancelPaymentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateRefundRequest,
      io.landhub.payments.v1.CreateRefundResponse> getCreateRefundMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateRefund",
      requestType = io.landhub.payments.v1.CreateRefundRequest.class,
      responseType = io.landhub.payments.v1.CreateRefundResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateRefundRequest,
      io.landhub.payments.v1.CreateRefundResponse> getCreateRefundMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateRefundRequest, io.landhub.payments.v1.CreateRefundResponse> getCreateRefundMethod;
    if ((getCreateRefundMethod = PaymentsServiceGrpc.getCreateRefundMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getCreateRefundMethod = PaymentsServiceGrpc.getCreateRefundMethod) == null) {
          PaymentsServiceGrpc.getCreateRefundMethod = getCreateRefundMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.CreateRefundRequest, io.landhub.payments.v1.CreateRefundResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateRefund"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreateRefundRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreateRefundResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("CreateRefund"))
              .build();
        }
      }
    }
    return getCreateRefundMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.GetRefundRequest,
      io.landhub.payments.v1.GetRefundResponse> getGetRefundMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRefund",
      requestType = io.landhub.payments.v1.GetRefundRequest.class,
      responseType = io.landhub.payments.v1.GetRefundResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.GetRefundRequest,
      io.landhub.payments.v1.GetRefundResponse> getGetRefundMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.GetRefundRequest, io.landhub.payments.v1.GetRefundResponse> getGetRefundMethod;
    if ((getGetRefundMethod = PaymentsServiceGrpc.getGetRefundMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getGetRefundMethod = PaymentsServiceGrpc.getGetRefundMethod) == null) {
          PaymentsServiceGrpc.getGetRefundMethod = getGetRefundMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.GetRefundRequest, io.landhub.payments.v1.GetRefundResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRefund"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetRefundRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetRefundResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("GetRefund"))
              .build();
        }
      }
    }
    return getGetRefundMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.ResolvePaymentRequest,
      io.landhub.payments.v1.ResolvePaymentResponse> getResolvePaymentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResolvePayment",
      requestType = io.landhub.payments.v1.ResolvePaymentRequest.class,
      responseType = io.landhub.payments.v1.ResolvePaymentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.ResolvePaymentRequest,
      io.landhub.payments.v1.ResolvePaymentResponse> getResolvePaymentMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.ResolvePaymentRequest, io.landhub.payments.v1.ResolvePaymentResponse> getResolvePaymentMethod;
    if ((getResolvePaymentMethod = PaymentsServiceGrpc.getResolvePaymentMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getResolvePaymentMethod = PaymentsServiceGrpc.getResolvePaymentMethod) == null) {
          PaymentsServiceGrpc.getResolvePaymentMethod = getResolvePaymentMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.ResolvePaymentRequest, io.landhub.payments.v1.ResolvePaymentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResolvePayment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ResolvePaymentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ResolvePaymentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("ResolvePayment"))
              .build();
        }
      }
    }
    return getResolvePaymentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateDealRequest,
      io.landhub.payments.v1.CreateDealResponse> getCreateDealMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateDeal",
      requestType = io.landhub.payments.v1.CreateDealRequest.class,
      responseType = io.landhub.payments.v1.CreateDealResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateDealRequest,
      io.landhub.payments.v1.CreateDealResponse> getCreateDealMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateDealRequest, io.landhub.payments.v1.CreateDealResponse> getCreateDealMethod;
    if ((getCreateDealMethod = PaymentsServiceGrpc.getCreateDealMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getCreateDealMethod = PaymentsServiceGrpc.getCreateDealMethod) == null) {
          PaymentsServiceGrpc.getCreateDealMethod = getCreateDealMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.CreateDealRequest, io.landhub.payments.v1.CreateDealResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateDeal"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreateDealRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreateDealResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("CreateDeal"))
              .build();
        }
      }
    }
    return getCreateDealMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.GetDealRequest,
      io.landhub.payments.v1.GetDealResponse> getGetDealMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetDeal",
      requestType = io.landhub.payments.v1.GetDealRequest.class,
      responseType = io.landhub.payments.v1.GetDealResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.GetDealRequest,
      io.landhub.payments.v1.GetDealResponse> getGetDealMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.GetDealRequest, io.landhub.payments.v1.GetDealResponse> getGetDealMethod;
    if ((getGetDealMethod = PaymentsServiceGrpc.getGetDealMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getGetDealMethod = PaymentsServiceGrpc.getGetDealMethod) == null) {
          PaymentsServiceGrpc.getGetDealMethod = getGetDealMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.GetDealRequest, io.landhub.payments.v1.GetDealResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetDeal"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetDealRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetDealResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("GetDeal"))
              .build();
        }
      }
    }
    return getGetDealMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.ListDealsRequest,
      io.landhub.payments.v1.ListDealsResponse> getListDealsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDeals",
      requestType = io.landhub.payments.v1.ListDealsRequest.class,
      responseType = io.landhub.payments.v1.ListDealsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.ListDealsRequest,
      io.landhub.payments.v1.ListDealsResponse> getListDealsMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.ListDealsRequest, io.landhub.payments.v1.ListDealsResponse> getListDealsMethod;
    if ((getListDealsMethod = PaymentsServiceGrpc.getListDealsMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getListDealsMethod = PaymentsServiceGrpc.getListDealsMethod) == null) {
          PaymentsServiceGrpc.getListDealsMethod = getListDealsMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.ListDealsRequest, io.landhub.payments.v1.ListDealsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDeals"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ListDealsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ListDealsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("ListDeals"))
              .build();
        }
      }
    }
    return getListDealsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.UpdateDealRequest,
      io.landhub.payments.v1.UpdateDealResponse> getUpdateDealMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateDeal",
      requestType = io.landhub.payments.v1.UpdateDealRequest.class,
      responseType = io.landhub.payments.v1.UpdateDealResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.UpdateDealRequest,
      io.landhub.payments.v1.UpdateDealResponse> getUpdateDealMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.UpdateDealRequest, io.landhub.payments.v1.UpdateDealResponse> getUpdateDealMethod;
    if ((getUpdateDealMethod = PaymentsServiceGrpc.getUpdateDealMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getUpdateDealMethod = PaymentsServiceGrpc.getUpdateDealMethod) == null) {
          PaymentsServiceGrpc.getUpdateDealMethod = getUpdateDealMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.UpdateDealRequest, io.landhub.payments.v1.UpdateDealResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateDeal"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.UpdateDealRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.UpdateDealResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("UpdateDeal"))
              .build();
        }
      }
    }
    return getUpdateDealMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateReconciliationRequest,
      io.landhub.payments.v1.CreateReconciliationResponse> getCreateReconciliationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateReconciliation",
      requestType = io.landhub.payments.v1.CreateReconciliationRequest.class,
      responseType = io.landhub.payments.v1.CreateReconciliationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateReconciliationRequest,
      io.landhub.payments.v1.CreateReconciliationResponse> getCreateReconciliationMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.CreateReconciliationRequest, io.landhub.payments.v1.CreateReconciliationResponse> getCreateReconciliationMethod;
    if ((getCreateReconciliationMethod = PaymentsServiceGrpc.getCreateReconciliationMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getCreateReconciliationMethod = PaymentsServiceGrpc.getCreateReconciliationMethod) == null) {
          PaymentsServiceGrpc.getCreateReconciliationMethod = getCreateReconciliationMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.CreateReconciliationRequest, io.landhub.payments.v1.CreateReconciliationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateReconciliation"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreateReconciliationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.CreateReconciliationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("CreateReconciliation"))
              .build();
        }
      }
    }
    return getCreateReconciliationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.GetReconciliationRequest,
      io.landhub.payments.v1.GetReconciliationResponse> getGetReconciliationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetReconciliation",
      requestType = io.landhub.payments.v1.GetReconciliationRequest.class,
      responseType = io.landhub.payments.v1.GetReconciliationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.GetReconciliationRequest,
      io.landhub.payments.v1.GetReconciliationResponse> getGetReconciliationMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.GetReconciliationRequest, io.landhub.payments.v1.GetReconciliationResponse> getGetReconciliationMethod;
    if ((getGetReconciliationMethod = PaymentsServiceGrpc.getGetReconciliationMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getGetReconciliationMethod = PaymentsServiceGrpc.getGetReconciliationMethod) == null) {
          PaymentsServiceGrpc.getGetReconciliationMethod = getGetReconciliationMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.GetReconciliationRequest, io.landhub.payments.v1.GetReconciliationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetReconciliation"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetReconciliationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.GetReconciliationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("GetReconciliation"))
              .build();
        }
      }
    }
    return getGetReconciliationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.landhub.payments.v1.ListReconciliationsRequest,
      io.landhub.payments.v1.ListReconciliationsResponse> getListReconciliationsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListReconciliations",
      requestType = io.landhub.payments.v1.ListReconciliationsRequest.class,
      responseType = io.landhub.payments.v1.ListReconciliationsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.landhub.payments.v1.ListReconciliationsRequest,
      io.landhub.payments.v1.ListReconciliationsResponse> getListReconciliationsMethod() {
    io.grpc.MethodDescriptor<io.landhub.payments.v1.ListReconciliationsRequest, io.landhub.payments.v1.ListReconciliationsResponse> getListReconciliationsMethod;
    if ((getListReconciliationsMethod = PaymentsServiceGrpc.getListReconciliationsMethod) == null) {
      synchronized (PaymentsServiceGrpc.class) {
        if ((getListReconciliationsMethod = PaymentsServiceGrpc.getListReconciliationsMethod) == null) {
          PaymentsServiceGrpc.getListReconciliationsMethod = getListReconciliationsMethod =
              io.grpc.MethodDescriptor.<io.landhub.payments.v1.ListReconciliationsRequest, io.landhub.payments.v1.ListReconciliationsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListReconciliations"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ListReconciliationsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.landhub.payments.v1.ListReconciliationsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentsServiceMethodDescriptorSupplier("ListReconciliations"))
              .build();
        }
      }
    }
    return getListReconciliationsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PaymentsServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceStub>() {
        @java.lang.Override
        public PaymentsServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentsServiceStub(channel, callOptions);
        }
      };
    return PaymentsServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PaymentsServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceBlockingV2Stub>() {
        @java.lang.Override
        public PaymentsServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentsServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PaymentsServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PaymentsServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceBlockingStub>() {
        @java.lang.Override
        public PaymentsServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentsServiceBlockingStub(channel, callOptions);
        }
      };
    return PaymentsServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PaymentsServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentsServiceFutureStub>() {
        @java.lang.Override
        public PaymentsServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentsServiceFutureStub(channel, callOptions);
        }
      };
    return PaymentsServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Takes money through acquirers and gives it back.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Open an order at the acquirer; the payer pays it at `payment_url`.
     * </pre>
     */
    default void createPayment(io.landhub.payments.v1.CreatePaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreatePaymentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreatePaymentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a payment as it stands.
     * </pre>
     */
    default void getPayment(io.landhub.payments.v1.GetPaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetPaymentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPaymentMethod(), responseObserver);
    }

    /**
     * <pre>
     * List payments, newest first; several may have one business reference (instalments).
     * </pre>
     */
    default void listPayments(io.landhub.payments.v1.ListPaymentsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListPaymentsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPaymentsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a payment now and whenever it changes, until nothing is expected of it any more.
     * </pre>
     */
    default void watchPayment(io.landhub.payments.v1.WatchPaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.WatchPaymentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchPaymentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Take a held amount, or a part of it; what is left is let go.
     * </pre>
     */
    default void capturePayment(io.landhub.payments.v1.CapturePaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CapturePaymentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCapturePaymentMethod(), responseObserver);
    }

    /**
     * <pre>
     * End an unpaid order, or let a hold go. What is captured is given back by CreateRefund.
     * </pre>
     */
    default void cancelPayment(io.landhub.payments.v1.CancelPaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CancelPaymentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelPaymentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Give captured money back, all or a part.
     * </pre>
     */
    default void createRefund(io.landhub.payments.v1.CreateRefundRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateRefundResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateRefundMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a refund as it stands.
     * </pre>
     */
    default void getRefund(io.landhub.payments.v1.GetRefundRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetRefundResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRefundMethod(), responseObserver);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state NEEDS_REVIEW.
     * </pre>
     */
    default void resolvePayment(io.landhub.payments.v1.ResolvePaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ResolvePaymentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResolvePaymentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Say what a deal asks for in all: the hub tells when the money is there, by however many payments and transfers.
     * </pre>
     */
    default void createDeal(io.landhub.payments.v1.CreateDealRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateDealResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateDealMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a deal, with what of its money is there.
     * </pre>
     */
    default void getDeal(io.landhub.payments.v1.GetDealRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetDealResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetDealMethod(), responseObserver);
    }

    /**
     * <pre>
     * List deals, newest first.
     * </pre>
     */
    default void listDeals(io.landhub.payments.v1.ListDealsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListDealsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDealsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Change what a deal asks for.
     * </pre>
     */
    default void updateDeal(io.landhub.payments.v1.UpdateDealRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.UpdateDealResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateDealMethod(), responseObserver);
    }

    /**
     * <pre>
     * Compare a day's orders with the acquirer's, again if they were compared before. It goes on after the answer.
     * </pre>
     */
    default void createReconciliation(io.landhub.payments.v1.CreateReconciliationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateReconciliationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateReconciliationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Get a reconciliation, with the differences that were found.
     * </pre>
     */
    default void getReconciliation(io.landhub.payments.v1.GetReconciliationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetReconciliationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetReconciliationMethod(), responseObserver);
    }

    /**
     * <pre>
     * List reconciliations, the latest day first.
     * </pre>
     */
    default void listReconciliations(io.landhub.payments.v1.ListReconciliationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListReconciliationsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListReconciliationsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PaymentsService.
   * <pre>
   * Takes money through acquirers and gives it back.
   * </pre>
   */
  public static abstract class PaymentsServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PaymentsServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PaymentsService.
   * <pre>
   * Takes money through acquirers and gives it back.
   * </pre>
   */
  public static final class PaymentsServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PaymentsServiceStub> {
    private PaymentsServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentsServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentsServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Open an order at the acquirer; the payer pays it at `payment_url`.
     * </pre>
     */
    public void createPayment(io.landhub.payments.v1.CreatePaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreatePaymentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreatePaymentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a payment as it stands.
     * </pre>
     */
    public void getPayment(io.landhub.payments.v1.GetPaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetPaymentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPaymentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List payments, newest first; several may have one business reference (instalments).
     * </pre>
     */
    public void listPayments(io.landhub.payments.v1.ListPaymentsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListPaymentsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPaymentsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a payment now and whenever it changes, until nothing is expected of it any more.
     * </pre>
     */
    public void watchPayment(io.landhub.payments.v1.WatchPaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.WatchPaymentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchPaymentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Take a held amount, or a part of it; what is left is let go.
     * </pre>
     */
    public void capturePayment(io.landhub.payments.v1.CapturePaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CapturePaymentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCapturePaymentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * End an unpaid order, or let a hold go. What is captured is given back by CreateRefund.
     * </pre>
     */
    public void cancelPayment(io.landhub.payments.v1.CancelPaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CancelPaymentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelPaymentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Give captured money back, all or a part.
     * </pre>
     */
    public void createRefund(io.landhub.payments.v1.CreateRefundRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateRefundResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateRefundMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a refund as it stands.
     * </pre>
     */
    public void getRefund(io.landhub.payments.v1.GetRefundRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetRefundResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRefundMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state NEEDS_REVIEW.
     * </pre>
     */
    public void resolvePayment(io.landhub.payments.v1.ResolvePaymentRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ResolvePaymentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResolvePaymentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Say what a deal asks for in all: the hub tells when the money is there, by however many payments and transfers.
     * </pre>
     */
    public void createDeal(io.landhub.payments.v1.CreateDealRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateDealResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateDealMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a deal, with what of its money is there.
     * </pre>
     */
    public void getDeal(io.landhub.payments.v1.GetDealRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetDealResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetDealMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List deals, newest first.
     * </pre>
     */
    public void listDeals(io.landhub.payments.v1.ListDealsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListDealsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDealsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Change what a deal asks for.
     * </pre>
     */
    public void updateDeal(io.landhub.payments.v1.UpdateDealRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.UpdateDealResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateDealMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Compare a day's orders with the acquirer's, again if they were compared before. It goes on after the answer.
     * </pre>
     */
    public void createReconciliation(io.landhub.payments.v1.CreateReconciliationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateReconciliationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateReconciliationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Get a reconciliation, with the differences that were found.
     * </pre>
     */
    public void getReconciliation(io.landhub.payments.v1.GetReconciliationRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetReconciliationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetReconciliationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * List reconciliations, the latest day first.
     * </pre>
     */
    public void listReconciliations(io.landhub.payments.v1.ListReconciliationsRequest request,
        io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListReconciliationsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListReconciliationsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PaymentsService.
   * <pre>
   * Takes money through acquirers and gives it back.
   * </pre>
   */
  public static final class PaymentsServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PaymentsServiceBlockingV2Stub> {
    private PaymentsServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentsServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentsServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Open an order at the acquirer; the payer pays it at `payment_url`.
     * </pre>
     */
    public io.landhub.payments.v1.CreatePaymentResponse createPayment(io.landhub.payments.v1.CreatePaymentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreatePaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a payment as it stands.
     * </pre>
     */
    public io.landhub.payments.v1.GetPaymentResponse getPayment(io.landhub.payments.v1.GetPaymentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List payments, newest first; several may have one business reference (instalments).
     * </pre>
     */
    public io.landhub.payments.v1.ListPaymentsResponse listPayments(io.landhub.payments.v1.ListPaymentsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPaymentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a payment now and whenever it changes, until nothing is expected of it any more.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.landhub.payments.v1.WatchPaymentResponse>
        watchPayment(io.landhub.payments.v1.WatchPaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchPaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take a held amount, or a part of it; what is left is let go.
     * </pre>
     */
    public io.landhub.payments.v1.CapturePaymentResponse capturePayment(io.landhub.payments.v1.CapturePaymentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCapturePaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * End an unpaid order, or let a hold go. What is captured is given back by CreateRefund.
     * </pre>
     */
    public io.landhub.payments.v1.CancelPaymentResponse cancelPayment(io.landhub.payments.v1.CancelPaymentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelPaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Give captured money back, all or a part.
     * </pre>
     */
    public io.landhub.payments.v1.CreateRefundResponse createRefund(io.landhub.payments.v1.CreateRefundRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateRefundMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a refund as it stands.
     * </pre>
     */
    public io.landhub.payments.v1.GetRefundResponse getRefund(io.landhub.payments.v1.GetRefundRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRefundMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state NEEDS_REVIEW.
     * </pre>
     */
    public io.landhub.payments.v1.ResolvePaymentResponse resolvePayment(io.landhub.payments.v1.ResolvePaymentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResolvePaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say what a deal asks for in all: the hub tells when the money is there, by however many payments and transfers.
     * </pre>
     */
    public io.landhub.payments.v1.CreateDealResponse createDeal(io.landhub.payments.v1.CreateDealRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateDealMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a deal, with what of its money is there.
     * </pre>
     */
    public io.landhub.payments.v1.GetDealResponse getDeal(io.landhub.payments.v1.GetDealRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetDealMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List deals, newest first.
     * </pre>
     */
    public io.landhub.payments.v1.ListDealsResponse listDeals(io.landhub.payments.v1.ListDealsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDealsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Change what a deal asks for.
     * </pre>
     */
    public io.landhub.payments.v1.UpdateDealResponse updateDeal(io.landhub.payments.v1.UpdateDealRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateDealMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compare a day's orders with the acquirer's, again if they were compared before. It goes on after the answer.
     * </pre>
     */
    public io.landhub.payments.v1.CreateReconciliationResponse createReconciliation(io.landhub.payments.v1.CreateReconciliationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateReconciliationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a reconciliation, with the differences that were found.
     * </pre>
     */
    public io.landhub.payments.v1.GetReconciliationResponse getReconciliation(io.landhub.payments.v1.GetReconciliationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetReconciliationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List reconciliations, the latest day first.
     * </pre>
     */
    public io.landhub.payments.v1.ListReconciliationsResponse listReconciliations(io.landhub.payments.v1.ListReconciliationsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListReconciliationsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PaymentsService.
   * <pre>
   * Takes money through acquirers and gives it back.
   * </pre>
   */
  public static final class PaymentsServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PaymentsServiceBlockingStub> {
    private PaymentsServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentsServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentsServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Open an order at the acquirer; the payer pays it at `payment_url`.
     * </pre>
     */
    public io.landhub.payments.v1.CreatePaymentResponse createPayment(io.landhub.payments.v1.CreatePaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreatePaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a payment as it stands.
     * </pre>
     */
    public io.landhub.payments.v1.GetPaymentResponse getPayment(io.landhub.payments.v1.GetPaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List payments, newest first; several may have one business reference (instalments).
     * </pre>
     */
    public io.landhub.payments.v1.ListPaymentsResponse listPayments(io.landhub.payments.v1.ListPaymentsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPaymentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a payment now and whenever it changes, until nothing is expected of it any more.
     * </pre>
     */
    public java.util.Iterator<io.landhub.payments.v1.WatchPaymentResponse> watchPayment(
        io.landhub.payments.v1.WatchPaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchPaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Take a held amount, or a part of it; what is left is let go.
     * </pre>
     */
    public io.landhub.payments.v1.CapturePaymentResponse capturePayment(io.landhub.payments.v1.CapturePaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCapturePaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * End an unpaid order, or let a hold go. What is captured is given back by CreateRefund.
     * </pre>
     */
    public io.landhub.payments.v1.CancelPaymentResponse cancelPayment(io.landhub.payments.v1.CancelPaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelPaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Give captured money back, all or a part.
     * </pre>
     */
    public io.landhub.payments.v1.CreateRefundResponse createRefund(io.landhub.payments.v1.CreateRefundRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateRefundMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a refund as it stands.
     * </pre>
     */
    public io.landhub.payments.v1.GetRefundResponse getRefund(io.landhub.payments.v1.GetRefundRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRefundMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state NEEDS_REVIEW.
     * </pre>
     */
    public io.landhub.payments.v1.ResolvePaymentResponse resolvePayment(io.landhub.payments.v1.ResolvePaymentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResolvePaymentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Say what a deal asks for in all: the hub tells when the money is there, by however many payments and transfers.
     * </pre>
     */
    public io.landhub.payments.v1.CreateDealResponse createDeal(io.landhub.payments.v1.CreateDealRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateDealMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a deal, with what of its money is there.
     * </pre>
     */
    public io.landhub.payments.v1.GetDealResponse getDeal(io.landhub.payments.v1.GetDealRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetDealMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List deals, newest first.
     * </pre>
     */
    public io.landhub.payments.v1.ListDealsResponse listDeals(io.landhub.payments.v1.ListDealsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDealsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Change what a deal asks for.
     * </pre>
     */
    public io.landhub.payments.v1.UpdateDealResponse updateDeal(io.landhub.payments.v1.UpdateDealRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateDealMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compare a day's orders with the acquirer's, again if they were compared before. It goes on after the answer.
     * </pre>
     */
    public io.landhub.payments.v1.CreateReconciliationResponse createReconciliation(io.landhub.payments.v1.CreateReconciliationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateReconciliationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Get a reconciliation, with the differences that were found.
     * </pre>
     */
    public io.landhub.payments.v1.GetReconciliationResponse getReconciliation(io.landhub.payments.v1.GetReconciliationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetReconciliationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * List reconciliations, the latest day first.
     * </pre>
     */
    public io.landhub.payments.v1.ListReconciliationsResponse listReconciliations(io.landhub.payments.v1.ListReconciliationsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListReconciliationsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PaymentsService.
   * <pre>
   * Takes money through acquirers and gives it back.
   * </pre>
   */
  public static final class PaymentsServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PaymentsServiceFutureStub> {
    private PaymentsServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentsServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentsServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Open an order at the acquirer; the payer pays it at `payment_url`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.CreatePaymentResponse> createPayment(
        io.landhub.payments.v1.CreatePaymentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreatePaymentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a payment as it stands.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.GetPaymentResponse> getPayment(
        io.landhub.payments.v1.GetPaymentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPaymentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List payments, newest first; several may have one business reference (instalments).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.ListPaymentsResponse> listPayments(
        io.landhub.payments.v1.ListPaymentsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPaymentsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Take a held amount, or a part of it; what is left is let go.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.CapturePaymentResponse> capturePayment(
        io.landhub.payments.v1.CapturePaymentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCapturePaymentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * End an unpaid order, or let a hold go. What is captured is given back by CreateRefund.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.CancelPaymentResponse> cancelPayment(
        io.landhub.payments.v1.CancelPaymentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelPaymentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Give captured money back, all or a part.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.CreateRefundResponse> createRefund(
        io.landhub.payments.v1.CreateRefundRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateRefundMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a refund as it stands.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.GetRefundResponse> getRefund(
        io.landhub.payments.v1.GetRefundRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRefundMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Settle what only a person can find out, in the state NEEDS_REVIEW.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.ResolvePaymentResponse> resolvePayment(
        io.landhub.payments.v1.ResolvePaymentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResolvePaymentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Say what a deal asks for in all: the hub tells when the money is there, by however many payments and transfers.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.CreateDealResponse> createDeal(
        io.landhub.payments.v1.CreateDealRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateDealMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a deal, with what of its money is there.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.GetDealResponse> getDeal(
        io.landhub.payments.v1.GetDealRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetDealMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List deals, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.ListDealsResponse> listDeals(
        io.landhub.payments.v1.ListDealsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDealsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Change what a deal asks for.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.UpdateDealResponse> updateDeal(
        io.landhub.payments.v1.UpdateDealRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateDealMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Compare a day's orders with the acquirer's, again if they were compared before. It goes on after the answer.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.CreateReconciliationResponse> createReconciliation(
        io.landhub.payments.v1.CreateReconciliationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateReconciliationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Get a reconciliation, with the differences that were found.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.GetReconciliationResponse> getReconciliation(
        io.landhub.payments.v1.GetReconciliationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetReconciliationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * List reconciliations, the latest day first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.landhub.payments.v1.ListReconciliationsResponse> listReconciliations(
        io.landhub.payments.v1.ListReconciliationsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListReconciliationsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_PAYMENT = 0;
  private static final int METHODID_GET_PAYMENT = 1;
  private static final int METHODID_LIST_PAYMENTS = 2;
  private static final int METHODID_WATCH_PAYMENT = 3;
  private static final int METHODID_CAPTURE_PAYMENT = 4;
  private static final int METHODID_CANCEL_PAYMENT = 5;
  private static final int METHODID_CREATE_REFUND = 6;
  private static final int METHODID_GET_REFUND = 7;
  private static final int METHODID_RESOLVE_PAYMENT = 8;
  private static final int METHODID_CREATE_DEAL = 9;
  private static final int METHODID_GET_DEAL = 10;
  private static final int METHODID_LIST_DEALS = 11;
  private static final int METHODID_UPDATE_DEAL = 12;
  private static final int METHODID_CREATE_RECONCILIATION = 13;
  private static final int METHODID_GET_RECONCILIATION = 14;
  private static final int METHODID_LIST_RECONCILIATIONS = 15;

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
        case METHODID_CREATE_PAYMENT:
          serviceImpl.createPayment((io.landhub.payments.v1.CreatePaymentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreatePaymentResponse>) responseObserver);
          break;
        case METHODID_GET_PAYMENT:
          serviceImpl.getPayment((io.landhub.payments.v1.GetPaymentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetPaymentResponse>) responseObserver);
          break;
        case METHODID_LIST_PAYMENTS:
          serviceImpl.listPayments((io.landhub.payments.v1.ListPaymentsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListPaymentsResponse>) responseObserver);
          break;
        case METHODID_WATCH_PAYMENT:
          serviceImpl.watchPayment((io.landhub.payments.v1.WatchPaymentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.WatchPaymentResponse>) responseObserver);
          break;
        case METHODID_CAPTURE_PAYMENT:
          serviceImpl.capturePayment((io.landhub.payments.v1.CapturePaymentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.CapturePaymentResponse>) responseObserver);
          break;
        case METHODID_CANCEL_PAYMENT:
          serviceImpl.cancelPayment((io.landhub.payments.v1.CancelPaymentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.CancelPaymentResponse>) responseObserver);
          break;
        case METHODID_CREATE_REFUND:
          serviceImpl.createRefund((io.landhub.payments.v1.CreateRefundRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateRefundResponse>) responseObserver);
          break;
        case METHODID_GET_REFUND:
          serviceImpl.getRefund((io.landhub.payments.v1.GetRefundRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetRefundResponse>) responseObserver);
          break;
        case METHODID_RESOLVE_PAYMENT:
          serviceImpl.resolvePayment((io.landhub.payments.v1.ResolvePaymentRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.ResolvePaymentResponse>) responseObserver);
          break;
        case METHODID_CREATE_DEAL:
          serviceImpl.createDeal((io.landhub.payments.v1.CreateDealRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateDealResponse>) responseObserver);
          break;
        case METHODID_GET_DEAL:
          serviceImpl.getDeal((io.landhub.payments.v1.GetDealRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetDealResponse>) responseObserver);
          break;
        case METHODID_LIST_DEALS:
          serviceImpl.listDeals((io.landhub.payments.v1.ListDealsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListDealsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_DEAL:
          serviceImpl.updateDeal((io.landhub.payments.v1.UpdateDealRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.UpdateDealResponse>) responseObserver);
          break;
        case METHODID_CREATE_RECONCILIATION:
          serviceImpl.createReconciliation((io.landhub.payments.v1.CreateReconciliationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.CreateReconciliationResponse>) responseObserver);
          break;
        case METHODID_GET_RECONCILIATION:
          serviceImpl.getReconciliation((io.landhub.payments.v1.GetReconciliationRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.GetReconciliationResponse>) responseObserver);
          break;
        case METHODID_LIST_RECONCILIATIONS:
          serviceImpl.listReconciliations((io.landhub.payments.v1.ListReconciliationsRequest) request,
              (io.grpc.stub.StreamObserver<io.landhub.payments.v1.ListReconciliationsResponse>) responseObserver);
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
          getCreatePaymentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.CreatePaymentRequest,
              io.landhub.payments.v1.CreatePaymentResponse>(
                service, METHODID_CREATE_PAYMENT)))
        .addMethod(
          getGetPaymentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.GetPaymentRequest,
              io.landhub.payments.v1.GetPaymentResponse>(
                service, METHODID_GET_PAYMENT)))
        .addMethod(
          getListPaymentsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.ListPaymentsRequest,
              io.landhub.payments.v1.ListPaymentsResponse>(
                service, METHODID_LIST_PAYMENTS)))
        .addMethod(
          getWatchPaymentMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.landhub.payments.v1.WatchPaymentRequest,
              io.landhub.payments.v1.WatchPaymentResponse>(
                service, METHODID_WATCH_PAYMENT)))
        .addMethod(
          getCapturePaymentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.CapturePaymentRequest,
              io.landhub.payments.v1.CapturePaymentResponse>(
                service, METHODID_CAPTURE_PAYMENT)))
        .addMethod(
          getCancelPaymentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.CancelPaymentRequest,
              io.landhub.payments.v1.CancelPaymentResponse>(
                service, METHODID_CANCEL_PAYMENT)))
        .addMethod(
          getCreateRefundMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.CreateRefundRequest,
              io.landhub.payments.v1.CreateRefundResponse>(
                service, METHODID_CREATE_REFUND)))
        .addMethod(
          getGetRefundMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.GetRefundRequest,
              io.landhub.payments.v1.GetRefundResponse>(
                service, METHODID_GET_REFUND)))
        .addMethod(
          getResolvePaymentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.ResolvePaymentRequest,
              io.landhub.payments.v1.ResolvePaymentResponse>(
                service, METHODID_RESOLVE_PAYMENT)))
        .addMethod(
          getCreateDealMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.CreateDealRequest,
              io.landhub.payments.v1.CreateDealResponse>(
                service, METHODID_CREATE_DEAL)))
        .addMethod(
          getGetDealMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.GetDealRequest,
              io.landhub.payments.v1.GetDealResponse>(
                service, METHODID_GET_DEAL)))
        .addMethod(
          getListDealsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.ListDealsRequest,
              io.landhub.payments.v1.ListDealsResponse>(
                service, METHODID_LIST_DEALS)))
        .addMethod(
          getUpdateDealMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.UpdateDealRequest,
              io.landhub.payments.v1.UpdateDealResponse>(
                service, METHODID_UPDATE_DEAL)))
        .addMethod(
          getCreateReconciliationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.CreateReconciliationRequest,
              io.landhub.payments.v1.CreateReconciliationResponse>(
                service, METHODID_CREATE_RECONCILIATION)))
        .addMethod(
          getGetReconciliationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.GetReconciliationRequest,
              io.landhub.payments.v1.GetReconciliationResponse>(
                service, METHODID_GET_RECONCILIATION)))
        .addMethod(
          getListReconciliationsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.landhub.payments.v1.ListReconciliationsRequest,
              io.landhub.payments.v1.ListReconciliationsResponse>(
                service, METHODID_LIST_RECONCILIATIONS)))
        .build();
  }

  private static abstract class PaymentsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PaymentsServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.landhub.payments.v1.PaymentsServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PaymentsService");
    }
  }

  private static final class PaymentsServiceFileDescriptorSupplier
      extends PaymentsServiceBaseDescriptorSupplier {
    PaymentsServiceFileDescriptorSupplier() {}
  }

  private static final class PaymentsServiceMethodDescriptorSupplier
      extends PaymentsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PaymentsServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PaymentsServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PaymentsServiceFileDescriptorSupplier())
              .addMethod(getCreatePaymentMethod())
              .addMethod(getGetPaymentMethod())
              .addMethod(getListPaymentsMethod())
              .addMethod(getWatchPaymentMethod())
              .addMethod(getCapturePaymentMethod())
              .addMethod(getCancelPaymentMethod())
              .addMethod(getCreateRefundMethod())
              .addMethod(getGetRefundMethod())
              .addMethod(getResolvePaymentMethod())
              .addMethod(getCreateDealMethod())
              .addMethod(getGetDealMethod())
              .addMethod(getListDealsMethod())
              .addMethod(getUpdateDealMethod())
              .addMethod(getCreateReconciliationMethod())
              .addMethod(getGetReconciliationMethod())
              .addMethod(getListReconciliationsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
