package wire

// KernelInfo is the content of kernel_info_reply.
type KernelInfo struct {
	Status          string   `json:"status"`
	ProtocolVersion string   `json:"protocol_version"`
	Debugger        bool     `json:"debugger"` // deprecated since 5.5 by SupportedFeatures
	Features        []string `json:"supported_features"`
	Info
}

// ExecuteOK is the content of execute_reply for a cell that succeeded.
type ExecuteOK struct {
	Status          string         `json:"status"`
	Count           int            `json:"execution_count"`
	Payload         []any          `json:"payload"`
	UserExpressions map[string]any `json:"user_expressions"`
}

// ExecuteFailed is the content of execute_reply for a cell that failed.
type ExecuteFailed struct {
	Status string `json:"status"`
	Count  int    `json:"execution_count"`
	Error
}

// Failed is the content of any other reply to a request that failed.
type Failed struct {
	Status string `json:"status"`
	Error
}

// NewFailed returns the content of a failed reply.
func NewFailed(name, value string) Failed {
	return Failed{Status: StatusError, Error: Error{Name: name, Value: value, Traceback: []string{}}}
}

// Plain is the content of a reply that says its status and no more.
type Plain struct {
	Status string `json:"status"`
}

// Completed is the content of complete_reply.
type Completed struct {
	Status string `json:"status"`
	Completion
}

// Inspected is the content of inspect_reply.
type Inspected struct {
	Status string `json:"status"`
	Inspection
}

// HistoryList is the content of history_reply.
type HistoryList struct {
	Status  string         `json:"status"`
	History []HistoryEntry `json:"history"`
}

// CommTarget is one open comm in CommList.
type CommTarget struct {
	Target string `json:"target_name"`
}

// CommList is the content of comm_info_reply.
type CommList struct {
	Status string                `json:"status"`
	Comms  map[string]CommTarget `json:"comms"`
}

// ShutDown is the content of shutdown_reply.
type ShutDown struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

// DebugRefused is the content of debug_reply: a Debug Adapter Protocol response without success.
type DebugRefused struct {
	Type       string `json:"type"` // always "response"
	RequestSeq int    `json:"request_seq"`
	Success    bool   `json:"success"`
	Command    string `json:"command"`
	Message    string `json:"message"`
}

// Connected is the content of connect_reply, deprecated since 5.1.
type Connected struct {
	Shell     int `json:"shell_port"`
	IOPub     int `json:"iopub_port"`
	Stdin     int `json:"stdin_port"`
	Heartbeat int `json:"hb_port"`
	Control   int `json:"control_port"`
}

// State is the content of status.
type State struct {
	ExecutionState string `json:"execution_state"`
}

// CellInput is the content of execute_input.
type CellInput struct {
	Code  string `json:"code"`
	Count int    `json:"execution_count"`
}

// Welcome is the content of iopub_welcome.
type Welcome struct {
	Subscription string `json:"subscription"`
}
