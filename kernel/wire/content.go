package wire

// Type is a message type of the protocol.
type Type string

// Message types that engines publish or receive. The complete table of requests is the server's.
const (
	Stream            Type = "stream"
	DisplayData       Type = "display_data"
	UpdateDisplayData Type = "update_display_data"
	ExecuteResult     Type = "execute_result"
	ErrorType         Type = "error"
	ClearOutput       Type = "clear_output"
	CommOpen          Type = "comm_open"
	CommMsg           Type = "comm_msg"
	CommClose         Type = "comm_close"
)

// StreamContent is the content of a stream message; Name is "stdout" or "stderr".
type StreamContent struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Display is the content of display_data, update_display_data and (with a count) execute_result.
// Data maps a MIME type to its value: text as a string, binary as base64, JSON as itself.
type Display struct {
	Data           map[string]any `json:"data"`
	Metadata       map[string]any `json:"metadata"`
	Transient      map[string]any `json:"transient,omitempty"`
	ExecutionCount int            `json:"execution_count,omitempty"`
}

// Comm is the content of comm_open, comm_msg and comm_close.
type Comm struct {
	ID         string         `json:"comm_id"`
	TargetName string         `json:"target_name,omitempty"` // comm_open only
	Data       map[string]any `json:"data"`
	Buffers    [][]byte       `json:"-"` // raw data that came with the message; Publish takes them apart from the content
}

// Completion is what complete_reply tells; positions count Unicode code points, as the protocol does.
type Completion struct {
	Matches     []string       `json:"matches"`
	CursorStart int            `json:"cursor_start"`
	CursorEnd   int            `json:"cursor_end"`
	Metadata    map[string]any `json:"metadata"`
}

// Inspection is what inspect_reply tells.
type Inspection struct {
	Found    bool           `json:"found"`
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// Completeness is what is_complete_reply tells: Status is complete, incomplete, invalid or unknown.
type Completeness struct {
	Status string `json:"status"`
	Indent string `json:"indent,omitempty"`
}

// Info is an engine's part of kernel_info_reply.
type Info struct {
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	Language              LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	HelpLinks             []HelpLink   `json:"help_links"`
}

// LanguageInfo describes the language of the cells to a front end.
type LanguageInfo struct {
	Name              string `json:"name"`
	Version           string `json:"version"`
	MIMEType          string `json:"mimetype"`
	FileExtension     string `json:"file_extension"`
	PygmentsLexer     string `json:"pygments_lexer,omitempty"`
	CodeMirrorMode    any    `json:"codemirror_mode,omitempty"`
	NbconvertExporter string `json:"nbconvert_exporter,omitempty"`
}

// HelpLink is an entry of a front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}
