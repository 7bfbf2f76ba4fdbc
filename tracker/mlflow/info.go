package mlflow

import (
	"context"
	"io"
	"net/http"
)

// apiVersion is the version of MLflow whose API this is. Clients look at it to know what they can ask for.
const apiVersion = "3.18.0"

// serverInfo is what clients ask before they upload in parts, or to signed addresses: neither is offered.
type serverInfo struct {
	Store              string          `json:"store_type"`
	Workspaces         bool            `json:"workspaces_enabled"`
	TraceArchive       bool            `json:"trace_archival_enabled"`
	MultipartUploads   bool            `json:"multipart_uploads_enabled"`
	MultipartDownloads bool            `json:"multipart_downloads_enabled"`
	Artifacts          bool            `json:"artifact_serving_enabled"`
	PresignedRuns      bool            `json:"presigned_upload_run_id_supported"`
	PresignedModels    bool            `json:"presigned_upload_model_id_supported"`
	PresignedDownloads bool            `json:"model_artifact_presigned_downloads_supported"`
	Features           map[string]bool `json:"features_enabled"`
	Auth               string          `json:"tracking_auth"`
	PresignedOnly      bool            `json:"artifacts_presigned_only"`
}

func (s *Server) serverInfo(context.Context, *nothing) (serverInfo, error) {
	return serverInfo{Store: "GembaLedger", Artifacts: true, Features: map[string]bool{"gateway": false, "scheduled_issue_detection": false}}, nil
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) error {
	_, _ = io.WriteString(w, "OK") // the client is gone
	return nil
}

func (s *Server) version(w http.ResponseWriter, _ *http.Request) error {
	_, _ = io.WriteString(w, apiVersion)
	return nil
}
