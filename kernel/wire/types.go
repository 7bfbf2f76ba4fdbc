package wire

// Channel is one of the five channels between front ends and a kernel. The heartbeat carries plain
// bytes, the others messages.
type Channel string

// The channels, in the words of the connection file.
const (
	Shell     Channel = "shell"
	Control   Channel = "control"
	Stdin     Channel = "stdin"
	IOPub     Channel = "iopub"
	Heartbeat Channel = "hb"
)

// ProtocolVersion is the version of the messaging protocol that this package speaks.
const ProtocolVersion = "5.5"

// Requests and their replies.
const (
	KernelInfoRequest     Type = "kernel_info_request"
	KernelInfoReply       Type = "kernel_info_reply"
	ExecuteRequest        Type = "execute_request"
	ExecuteReply          Type = "execute_reply"
	CompleteRequest       Type = "complete_request"
	CompleteReply         Type = "complete_reply"
	InspectRequest        Type = "inspect_request"
	InspectReply          Type = "inspect_reply"
	IsCompleteRequest     Type = "is_complete_request"
	IsCompleteReply       Type = "is_complete_reply"
	HistoryRequest        Type = "history_request"
	HistoryReply          Type = "history_reply"
	ConnectRequest        Type = "connect_request" // deprecated since 5.1
	ConnectReply          Type = "connect_reply"
	CommInfoRequest       Type = "comm_info_request"
	CommInfoReply         Type = "comm_info_reply"
	ShutdownRequest       Type = "shutdown_request"
	ShutdownReply         Type = "shutdown_reply"
	InterruptRequest      Type = "interrupt_request"
	InterruptReply        Type = "interrupt_reply"
	DebugRequest          Type = "debug_request"
	DebugReply            Type = "debug_reply"
	CreateSubshellRequest Type = "create_subshell_request"
	CreateSubshellReply   Type = "create_subshell_reply"
	DeleteSubshellRequest Type = "delete_subshell_request"
	DeleteSubshellReply   Type = "delete_subshell_reply"
	ListSubshellRequest   Type = "list_subshell_request"
	ListSubshellReply     Type = "list_subshell_reply"
	InputRequest          Type = "input_request" // from the kernel, on stdin
	InputReply            Type = "input_reply"
)

// Messages that a kernel publishes on iopub, beside the outputs and comms of an engine.
const (
	Status       Type = "status"
	ExecuteInput Type = "execute_input"
	IOPubWelcome Type = "iopub_welcome"
	DebugEvent   Type = "debug_event"
)

// outputs are the types that show something of a cell to its user: what silent suppresses.
var outputs = map[Type]bool{
	Stream: true, DisplayData: true, UpdateDisplayData: true, ExecuteResult: true,
	ErrorType: true, ClearOutput: true,
}

// IsOutput reports whether messages of this type are a cell's output, as opposed to status and comms.
func (t Type) IsOutput() bool { return outputs[t] }

// The states that a status message reports.
const (
	Starting = "starting"
	Busy     = "busy"
	Idle     = "idle"
)

// The values of a reply's status field.
const (
	StatusOK      = "ok"
	StatusError   = "error"
	StatusAborted = "aborted"
)
