// Code generated from proto/ by `make proto`. DO NOT EDIT.
package io.landhub;

import java.util.List;
import java.util.Map;

/** The gRPC service config by which a channel repeats what may be repeated: a read, or a change with its request_id. */
public final class ServiceConfig {
    private static final Map<String, Object> CONFIG = Map.of(
        "methodConfig", List.of(
            Map.of(
                "name", List.of(
                    Map.of(
                        "service", "landhub.events.v1.EventsService",
                        "method", "Subscribe"),
                    Map.of(
                        "service", "landhub.events.v1.EventsService",
                        "method", "ListEvents"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ListModules"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "SetModuleMode"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ListUpstreams"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ProbeUpstream"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ResetBreaker"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ListAuditRecords"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "GetStory"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ListOutboxJobs"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "RetryOutboxJob"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "DiscardOutboxJob"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ListStuckWork"),
                    Map.of(
                        "service", "landhub.hub.v1.HubService",
                        "method", "ResolveOutcome"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "CreateNotification"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "BatchCreateNotifications"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "GetNotification"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "ListNotifications"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "CancelNotification"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "ResolveNotification"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "GetCampaign"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "CancelCampaign"),
                    Map.of(
                        "service", "landhub.notifications.v1.NotificationsService",
                        "method", "EstimateSms"),
                    Map.of(
                        "service", "landhub.notifications.v1.RecipientsService",
                        "method", "CreateContact"),
                    Map.of(
                        "service", "landhub.notifications.v1.RecipientsService",
                        "method", "ListContacts"),
                    Map.of(
                        "service", "landhub.notifications.v1.RecipientsService",
                        "method", "DeleteContact"),
                    Map.of(
                        "service", "landhub.notifications.v1.RecipientsService",
                        "method", "CreateOptOut"),
                    Map.of(
                        "service", "landhub.notifications.v1.RecipientsService",
                        "method", "ListOptOuts"),
                    Map.of(
                        "service", "landhub.notifications.v1.RecipientsService",
                        "method", "DeleteOptOut"),
                    Map.of(
                        "service", "landhub.notifications.v1.RulesService",
                        "method", "CreateRule"),
                    Map.of(
                        "service", "landhub.notifications.v1.RulesService",
                        "method", "GetRule"),
                    Map.of(
                        "service", "landhub.notifications.v1.RulesService",
                        "method", "ListRules"),
                    Map.of(
                        "service", "landhub.notifications.v1.RulesService",
                        "method", "DeleteRule"),
                    Map.of(
                        "service", "landhub.notifications.v1.RulesService",
                        "method", "ListFirings"),
                    Map.of(
                        "service", "landhub.notifications.v1.RulesService",
                        "method", "PreviewRules"),
                    Map.of(
                        "service", "landhub.notifications.v1.TemplatesService",
                        "method", "CreateTemplate"),
                    Map.of(
                        "service", "landhub.notifications.v1.TemplatesService",
                        "method", "GetTemplate"),
                    Map.of(
                        "service", "landhub.notifications.v1.TemplatesService",
                        "method", "ListTemplates"),
                    Map.of(
                        "service", "landhub.notifications.v1.TemplatesService",
                        "method", "PreviewTemplate"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "CreatePayment"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "GetPayment"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "ListPayments"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "WatchPayment"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "CapturePayment"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "CancelPayment"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "CreateRefund"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "GetRefund"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "ResolvePayment"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "CreateDeal"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "GetDeal"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "ListDeals"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "UpdateDeal"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "CreateReconciliation"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "GetReconciliation"),
                    Map.of(
                        "service", "landhub.payments.v1.PaymentsService",
                        "method", "ListReconciliations"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "GetLandPlot"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "BatchGetLandPlots"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "ListRights"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "CheckOwner"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "CreateRegistration"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "GetRegistration"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "ListRegistrations"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "WatchRegistration"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "AddRegistrationDocuments"),
                    Map.of(
                        "service", "landhub.rosreestr.v1.RosreestrService",
                        "method", "WithdrawRegistration"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "ListCertificates"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "GetCertificate"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "SignDocument"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "SignDocumentStream"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "SignDigests"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "GetSignature"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "AttachSignature"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "VerifySignature"),
                    Map.of(
                        "service", "landhub.signatures.v1.SignaturesService",
                        "method", "VerifySignatureStream")),
                "retryPolicy", Map.of(
                    "maxAttempts", 5.0,
                    "initialBackoff", "0.2s",
                    "maxBackoff", "3s",
                    "backoffMultiplier", 2.5,
                    "retryableStatusCodes", List.of(
                        "UNAVAILABLE",
                        "ABORTED",
                        "CANCELLED")))),
        "retryThrottling", Map.of(
            "maxTokens", 20.0,
            "tokenRatio", 0.5));

    private ServiceConfig() {}

    /** What ManagedChannelBuilder.defaultServiceConfig takes. */
    public static Map<String, Object> asMap() {
        return CONFIG;
    }
}
