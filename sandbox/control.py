"""The control API: JSON over plain HTTP on loopback, by which tests and people drive the sandbox.

GET  /state                          {now, gateway, registrations: {count, items}, late, operations, tls_handshakes,
                                     faults: {waiting, struck}}; an item has request_id, client_reference, status,
                                     contract_number, cadastral_number, history, documents, ...
GET  /calls[?operation=]             the last calls: operation, time, http_status, outcome, traceparent, faults, document
GET|POST|DELETE /faults              list; add {"faults": [Fault, ...], "seed": 42?} (fields of `sandbox.faults.Fault`);
                                     clear
POST /clock/advance                  {"seconds": 86400} -> {now}
POST /registrations/{id}/status      {"status": "SUSPENDED", "reason"?, "until"?, "uin"?, "sum"?}; ends the scenario.
                                     {id} is a RequestID or a ClientReference
POST /registrations/{id}/payment     pay the duty it waits for; the scenario goes on
POST /scenarios                      {"scenario": NAME, "contract_number" | "cadastral_number" | "default": true}
GET|POST /plots                      list; put one (fields of `sandbox.registry.Plot`)
POST /gateway/stop, /gateway/start   refuse connections; listen again on the same port
POST /reset                          forget registrations, calls, faults, spans and clock advances
POST /v1/traces, GET /traces         OTLP/HTTP in; OTLP JSON out (`sandbox.otlp`)
"""
