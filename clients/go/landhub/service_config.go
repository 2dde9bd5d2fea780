// Code generated from proto/ by `make proto`. DO NOT EDIT.

// Package landhub holds what all services of a hub have in common.
package landhub

// ServiceConfig is the gRPC service config by which a channel repeats what may be repeated: a read, or a change with its request_id.
// Give it to grpc.WithDefaultServiceConfig.
const ServiceConfig = `{
  "methodConfig": [
    {
      "name": [
        {
          "service": "landhub.events.v1.EventsService",
          "method": "Subscribe"
        },
        {
          "service": "landhub.events.v1.EventsService",
          "method": "ListEvents"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ListModules"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "SetModuleMode"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ListUpstreams"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ProbeUpstream"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ResetBreaker"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ListAuditRecords"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "GetStory"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ListOutboxJobs"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "RetryOutboxJob"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "DiscardOutboxJob"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ListStuckWork"
        },
        {
          "service": "landhub.hub.v1.HubService",
          "method": "ResolveOutcome"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "CreateNotification"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "BatchCreateNotifications"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "GetNotification"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "ListNotifications"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "CancelNotification"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "ResolveNotification"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "GetCampaign"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "CancelCampaign"
        },
        {
          "service": "landhub.notifications.v1.NotificationsService",
          "method": "EstimateSms"
        },
        {
          "service": "landhub.notifications.v1.RecipientsService",
          "method": "CreateContact"
        },
        {
          "service": "landhub.notifications.v1.RecipientsService",
          "method": "ListContacts"
        },
        {
          "service": "landhub.notifications.v1.RecipientsService",
          "method": "DeleteContact"
        },
        {
          "service": "landhub.notifications.v1.RecipientsService",
          "method": "CreateOptOut"
        },
        {
          "service": "landhub.notifications.v1.RecipientsService",
          "method": "ListOptOuts"
        },
        {
          "service": "landhub.notifications.v1.RecipientsService",
          "method": "DeleteOptOut"
        },
        {
          "service": "landhub.notifications.v1.RulesService",
          "method": "CreateRule"
        },
        {
          "service": "landhub.notifications.v1.RulesService",
          "method": "GetRule"
        },
        {
          "service": "landhub.notifications.v1.RulesService",
          "method": "ListRules"
        },
        {
          "service": "landhub.notifications.v1.RulesService",
          "method": "DeleteRule"
        },
        {
          "service": "landhub.notifications.v1.RulesService",
          "method": "ListFirings"
        },
        {
          "service": "landhub.notifications.v1.RulesService",
          "method": "PreviewRules"
        },
        {
          "service": "landhub.notifications.v1.TemplatesService",
          "method": "CreateTemplate"
        },
        {
          "service": "landhub.notifications.v1.TemplatesService",
          "method": "GetTemplate"
        },
        {
          "service": "landhub.notifications.v1.TemplatesService",
          "method": "ListTemplates"
        },
        {
          "service": "landhub.notifications.v1.TemplatesService",
          "method": "PreviewTemplate"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "CreatePayment"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "GetPayment"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "ListPayments"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "WatchPayment"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "CapturePayment"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "CancelPayment"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "CreateRefund"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "GetRefund"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "ResolvePayment"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "CreateDeal"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "GetDeal"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "ListDeals"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "UpdateDeal"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "CreateReconciliation"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "GetReconciliation"
        },
        {
          "service": "landhub.payments.v1.PaymentsService",
          "method": "ListReconciliations"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "GetLandPlot"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "BatchGetLandPlots"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "ListRights"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "CheckOwner"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "CreateRegistration"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "GetRegistration"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "ListRegistrations"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "WatchRegistration"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "AddRegistrationDocuments"
        },
        {
          "service": "landhub.rosreestr.v1.RosreestrService",
          "method": "WithdrawRegistration"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "ListCertificates"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "GetCertificate"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "SignDocument"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "SignDocumentStream"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "SignDigests"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "GetSignature"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "AttachSignature"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "VerifySignature"
        },
        {
          "service": "landhub.signatures.v1.SignaturesService",
          "method": "VerifySignatureStream"
        }
      ],
      "retryPolicy": {
        "maxAttempts": 5,
        "initialBackoff": "0.2s",
        "maxBackoff": "3s",
        "backoffMultiplier": 2.5,
        "retryableStatusCodes": [
          "UNAVAILABLE",
          "ABORTED",
          "CANCELLED"
        ]
      }
    }
  ],
  "retryThrottling": {
    "maxTokens": 20,
    "tokenRatio": 0.5
  }
}`
