package mlflow

// The messages that several routes share, as MLflow's service.proto has them. What is empty is left out, as in JSON of
// protocol buffers.

type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type experimentMessage struct {
	ID       string  `json:"experiment_id"`
	Name     string  `json:"name"`
	Location string  `json:"artifact_location"`
	Stage    string  `json:"lifecycle_stage"`
	Updated  integer `json:"last_update_time,omitempty"`
	Created  integer `json:"creation_time,omitempty"`
	Tags     []pair  `json:"tags,omitempty"`
}

type metricMessage struct {
	Key     string  `json:"key"`
	Value   double  `json:"value"`
	Time    integer `json:"timestamp"` // milliseconds
	Step    integer `json:"step"`
	Run     string  `json:"run_id,omitempty"`
	Model   string  `json:"model_id,omitempty"`
	Dataset string  `json:"dataset_name,omitempty"`
	Digest  string  `json:"dataset_digest,omitempty"`
}

type runMessage struct {
	Info    runInfo    `json:"info"`
	Data    runData    `json:"data"`
	Inputs  runInputs  `json:"inputs"`
	Outputs runOutputs `json:"outputs"`
}

type runInfo struct {
	ID         string  `json:"run_id"`
	UUID       string  `json:"run_uuid"` // the id's old name, which old clients read
	Name       string  `json:"run_name,omitempty"`
	Experiment string  `json:"experiment_id"`
	User       string  `json:"user_id,omitempty"`
	Status     string  `json:"status"`
	Started    integer `json:"start_time,omitempty"`
	Ended      integer `json:"end_time,omitempty"`
	Artifacts  string  `json:"artifact_uri"`
	Stage      string  `json:"lifecycle_stage"`
}

type runData struct {
	Metrics []metricMessage `json:"metrics,omitempty"`
	Params  []pair          `json:"params,omitempty"`
	Tags    []pair          `json:"tags,omitempty"`
}

type runInputs struct {
	Datasets []datasetInput `json:"dataset_inputs,omitempty"`
	Models   []modelInput   `json:"model_inputs,omitempty"`
}

type runOutputs struct {
	Models []modelOutput `json:"model_outputs,omitempty"`
}

type datasetInput struct {
	Tags    []pair         `json:"tags,omitempty"`
	Dataset datasetMessage `json:"dataset"`
}

type datasetMessage struct {
	Name       string `json:"name"`
	Digest     string `json:"digest"`
	SourceType string `json:"source_type,omitempty"`
	Source     string `json:"source,omitempty"`
	Schema     string `json:"schema,omitempty"`
	Profile    string `json:"profile,omitempty"`
}

type modelInput struct {
	Model string `json:"model_id"`
}

type modelOutput struct {
	Model string  `json:"model_id"`
	Step  integer `json:"step"`
}

type fileInfo struct {
	Path   string  `json:"path"`
	Folder bool    `json:"is_dir"`
	Size   integer `json:"file_size,omitempty"`
}
