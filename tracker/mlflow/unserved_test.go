package mlflow

// unserved lists what else MLflow 3.18 has, by its beginning, and why it is not served: nothing of it is about experiments, runs and models.
var unserved = []struct{ path, why string }{
	{"/mlflow/traces", "traces of language model applications"},
	{"/mlflow/unified-traces", "traces of language model applications"},
	{"/mlflow/get-online-trace-details", "traces of language model applications"},
	{"/mlflow/issues", "issues found in traces"},
	{"/mlflow/label-schemas", "labels of traces"},
	{"/mlflow/review-queues", "reviews of traces"},
	{"/mlflow/datasets", "data sets for evaluating language models; those of runs are served"},
	{"/mlflow/scorers", "judges of language models"},
	{"/mlflow/prompt-optimization", "prompts of language models"},
	{"/mlflow/gateway", "a gateway to language models"},
	{"/mlflow/workspaces", "several tenants in one server"},
	{"/mlflow/artifacts/presigned-upload-url", "stores that sign addresses; artifacts go through the server"},
	{"/mlflow/artifacts/presigned-download-url", "stores that sign addresses; artifacts go through the server"},
	{"/mlflow-artifacts/mpu", "uploads in parts past the server; any size goes through it in one piece"},
	{"/mlflow-artifacts/presigned", "stores that sign addresses; artifacts go through the server"},
}
