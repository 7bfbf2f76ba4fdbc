// Package mlflow answers the tracking part of MLflow's REST API, so that programs which log to an MLflow server log to a
// ledger without a change: experiments, runs, params, metrics, tags, artifacts, registered and logged models. What is
// written becomes events for a recorder, and what is asked is answered from the index. It must not know how either
// stores anything, nor open a file: an artifact's path is a name, its bytes have a digest.
//
// The API is MLflow's of version 3.18 (https://mlflow.org/docs/latest/api_reference/rest-api.html); routes.go lists what
// is served, ROUTES.md shows it beside all that MLflow has.
package mlflow
