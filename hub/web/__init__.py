"""HTTP in: a private listener for operators' machines and a public one for webhooks."""
