package mlflow

import (
	"net/http"
	"strings"
)

// route is one of MLflow's routes that this package answers.
type route struct {
	method string
	path   string // behind /api/2.0; what is not below that begins with a slash doubled
	does   string
	serve  func(*Server, http.ResponseWriter, *http.Request) error
	limit  int64 // bytes of its body when they may be more than bodyLimit; -1: any number
}

// routes is the one list of what is served.
var routes = []route{
	{"POST", "/mlflow/experiments/create", "makes an experiment", answering((*Server).createExperiment), 0},
	{"GET", "/mlflow/experiments/get", "an experiment by its id", answering((*Server).getExperiment), 0},
	{"GET", "/mlflow/experiments/get-by-name", "an experiment by its name", answering((*Server).getExperimentByName), 0},
	{"GET", "/mlflow/experiments/list", "all experiments, as old clients ask", answering((*Server).searchExperiments), 0},
	{"GET", "/mlflow/experiments/search", "experiments that a filter holds for", answering((*Server).searchExperiments), 0},
	{"POST", "/mlflow/experiments/search", "experiments that a filter holds for", answering((*Server).searchExperiments), 0},
	{"POST", "/mlflow/experiments/update", "renames an experiment", answering((*Server).updateExperiment), 0},
	{"POST", "/mlflow/experiments/delete", "puts an experiment and its runs away", answering(stageExperiment("active", "deleted")), 0},
	{"POST", "/mlflow/experiments/restore", "brings an experiment and its runs back", answering(stageExperiment("deleted", "active")), 0},
	{"POST", "/mlflow/experiments/set-experiment-tag", "sets a tag of an experiment", answering((*Server).setExperimentTag), 0},
	{"POST", "/mlflow/experiments/delete-experiment-tag", "takes a tag of an experiment away", answering((*Server).deleteExperimentTag), 0},
	{"POST", "/mlflow/experiments/search-datasets", "datasets that an experiment's runs used", answering((*Server).searchDatasets), 0},

	{"POST", "/mlflow/runs/create", "begins a run", answering((*Server).createRun), 0},
	{"GET", "/mlflow/runs/get", "a run with all it logged", answering((*Server).getRun), 0},
	{"POST", "/mlflow/runs/update", "changes a run's status, end or name", answering((*Server).updateRun), 0},
	{"POST", "/mlflow/runs/delete", "puts a run away", answering(stageRun("deleted")), 0},
	{"POST", "/mlflow/runs/restore", "brings a run back", answering(stageRun("active")), 0},
	{"POST", "/mlflow/runs/search", "runs that a filter holds for, in an order", answering((*Server).searchRuns), 0},
	{"POST", "/mlflow/runs/log-metric", "logs a point of a metric", answering((*Server).logMetric), 0},
	{"POST", "/mlflow/runs/log-parameter", "logs a param", answering((*Server).logParam), 0},
	{"POST", "/mlflow/runs/set-tag", "sets a tag", answering((*Server).setTag), 0},
	{"POST", "/mlflow/runs/delete-tag", "takes a tag away", answering((*Server).deleteTag), 0},
	{"POST", "/mlflow/runs/log-batch", "logs metrics, params and tags", (*Server).serveBatch, 0},
	{"POST", "/mlflow/runs/log-model", "tells of a model among the artifacts", answering((*Server).logModel), 0},
	{"POST", "/mlflow/runs/log-inputs", "tells which datasets and models a run used", answering((*Server).logInputs), 64 << 20},
	{"POST", "/mlflow/runs/outputs", "tells which models a run made", answering((*Server).logOutputs), 0},

	{"GET", "/mlflow/metrics/get-history", "all points of a metric", answering((*Server).getHistory), 0},
	{"GET", "/mlflow/metrics/get-history-bulk", "all points of a metric of several runs", answering((*Server).getHistoryBulk), 0},
	{"GET", "/mlflow/metrics/get-history-bulk-interval", "points of a metric of several runs, spread evenly", answering((*Server).getHistoryInterval), 0},

	{"GET", "/mlflow/artifacts/list", "what is in a folder of a run's artifacts", answering((*Server).listArtifacts), 0},
	{"GET", "/mlflow-artifacts/artifacts", "what is in a folder of artifacts", answering((*Server).listProxied), 0},
	{"GET", "/mlflow-artifacts/artifacts/{path...}", "the bytes of an artifact", (*Server).download, 0},
	{"PUT", "/mlflow-artifacts/artifacts/{path...}", "stores an artifact", (*Server).upload, -1},
	{"DELETE", "/mlflow-artifacts/artifacts/{path...}", "takes an artifact, or a folder of them, away", (*Server).remove, 0},
	{"GET", "//get-artifact", "the bytes of an artifact of a run", (*Server).getArtifact, 0},
	{"GET", "//model-versions/get-artifact", "the bytes of an artifact of a model's version", (*Server).getVersionArtifact, 0},

	{"POST", "/mlflow/registered-models/create", "registers a model", answering((*Server).createModel), 0},
	{"POST", "/mlflow/registered-models/rename", "renames a model", answering((*Server).renameModel), 0},
	{"PATCH", "/mlflow/registered-models/update", "describes a model", answering((*Server).updateModel), 0},
	{"DELETE", "/mlflow/registered-models/delete", "puts a model and its versions away", answering((*Server).deleteModel), 0},
	{"GET", "/mlflow/registered-models/get", "a model", answering((*Server).getModel), 0},
	{"GET", "/mlflow/registered-models/search", "models that a filter holds for", answering((*Server).searchModels), 0},
	{"GET", "/mlflow/registered-models/get-latest-versions", "the newest version in each stage", answering((*Server).latestVersions), 0},
	{"POST", "/mlflow/registered-models/get-latest-versions", "the newest version in each stage", answering((*Server).latestVersions), 0},
	{"POST", "/mlflow/registered-models/set-tag", "sets a tag of a model", answering((*Server).setModelTag), 0},
	{"DELETE", "/mlflow/registered-models/delete-tag", "takes a tag of a model away", answering((*Server).deleteModelTag), 0},
	{"POST", "/mlflow/registered-models/alias", "names a version", answering((*Server).setAlias), 0},
	{"DELETE", "/mlflow/registered-models/alias", "takes a version's name away", answering((*Server).deleteAlias), 0},
	{"GET", "/mlflow/registered-models/alias", "the version with a name", answering((*Server).versionByAlias), 0},

	{"POST", "/mlflow/model-versions/create", "makes a version of a model", answering((*Server).createVersion), 0},
	{"GET", "/mlflow/model-versions/get", "a version", answering((*Server).getVersion), 0},
	{"PATCH", "/mlflow/model-versions/update", "describes a version", answering((*Server).updateVersion), 0},
	{"DELETE", "/mlflow/model-versions/delete", "puts a version away", answering((*Server).deleteVersion), 0},
	{"GET", "/mlflow/model-versions/search", "versions that a filter holds for", answering((*Server).searchVersions), 0},
	{"GET", "/mlflow/model-versions/get-download-uri", "where a version's files are", answering((*Server).downloadURI), 0},
	{"POST", "/mlflow/model-versions/transition-stage", "moves a version to another stage", answering((*Server).transition), 0},
	{"POST", "/mlflow/model-versions/set-tag", "sets a tag of a version", answering((*Server).setVersionTag), 0},
	{"DELETE", "/mlflow/model-versions/delete-tag", "takes a tag of a version away", answering((*Server).deleteVersionTag), 0},

	{"POST", "/mlflow/logged-models", "begins a logged model", answering((*Server).createLoggedModel), 0},
	{"GET", "/mlflow/logged-models/{model_id}", "a logged model", answering((*Server).getLoggedModel), 0},
	{"PATCH", "/mlflow/logged-models/{model_id}", "says that a logged model is whole, or failed", answering((*Server).finalizeLogged), 0},
	{"DELETE", "/mlflow/logged-models/{model_id}", "puts a logged model away", answering((*Server).deleteLogged), 0},
	{"POST", "/mlflow/logged-models/search", "logged models that a filter holds for", answering((*Server).searchLogged), 0},
	{"PATCH", "/mlflow/logged-models/{model_id}/tags", "sets tags of a logged model", answering((*Server).tagLogged), 0},
	{"DELETE", "/mlflow/logged-models/{model_id}/tags/{tag_key}", "takes a tag of a logged model away", answering((*Server).untagLogged), 0},
	{"POST", "/mlflow/logged-models/{model_id}/params", "logs params of a logged model", answering((*Server).paramLogged), 0},
	{"GET", "/mlflow/logged-models/{model_id}/artifacts/directories", "what is in a folder of a logged model", answering((*Server).listLogged), 0},
	{"GET", "/mlflow/logged-models/{model_id}/artifacts/files", "the bytes of a file of a logged model", (*Server).getLoggedArtifact, 0},

	{"GET", "/mlflow/server-info", "what this server can do", answering((*Server).serverInfo), 0},
	{"GET", "//health", "OK", (*Server).health, 0},
	{"GET", "//version", "the version of MLflow whose API this is", (*Server).version, 0},
}

// patterns are the patterns of net/http's mux for a route: MLflow's web page asks below /ajax-api, and its clients of version 3 ask for
// some routes below /api/3.0.
func (r route) patterns() []string {
	if path, outside := strings.CutPrefix(r.path, "//"); outside {
		return []string{r.method + " /" + path}
	}
	var list []string
	for _, prefix := range []string{"/api/2.0", "/ajax-api/2.0", "/api/3.0", "/ajax-api/3.0"} {
		list = append(list, r.method+" "+prefix+r.path)
	}
	return list
}
