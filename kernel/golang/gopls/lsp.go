package gopls

import "encoding/json"

// The parts of the Language Server Protocol that this client speaks; names are the protocol's own.

type lspPosition struct {
	Line      int `json:"line"`      // from 0
	Character int `json:"character"` // in UTF-16 code units, from 0
}

type lspRange struct {
	Start lspPosition `json:"start"`
	End   lspPosition `json:"end"`
}

type lspDocument struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId,omitempty"`
	Version    int    `json:"version,omitempty"`
	Text       string `json:"text,omitempty"`
}

type lspAt struct {
	Document lspDocument `json:"textDocument"`
	Position lspPosition `json:"position"`
}

type lspDidOpen struct {
	Document lspDocument `json:"textDocument"`
}

type lspDidChange struct {
	Document lspDocument     `json:"textDocument"`
	Changes  []lspFullChange `json:"contentChanges"`
}

type lspFullChange struct {
	Text string `json:"text"`
}

type lspFileEvent struct {
	URI  string `json:"uri"`
	Type int    `json:"type"` // 1 created, 2 changed, 3 deleted
}

type lspCompletions struct {
	Items []struct {
		Label         string    `json:"label"`
		Kind          int       `json:"kind"`
		Detail        string    `json:"detail"`
		Documentation lspMarkup `json:"documentation"`
		TextEdit      *struct {
			Range   lspRange `json:"range"`
			NewText string   `json:"newText"`
		} `json:"textEdit"`
	} `json:"items"`
}

// lspMarkup is a string or a MarkupContent, as the protocol allows in several places.
type lspMarkup string

func (m *lspMarkup) UnmarshalJSON(data []byte) error {
	var markup struct{ Value string }
	if json.Unmarshal(data, (*string)(m)) == nil {
		return nil
	}
	err := json.Unmarshal(data, &markup)
	*m = lspMarkup(markup.Value)
	return err
}

type lspHover struct {
	Contents lspMarkup `json:"contents"`
}

type lspSignatures struct {
	Active          int `json:"activeSignature"`
	ActiveParameter int `json:"activeParameter"`
	Signatures      []struct {
		Label         string    `json:"label"`
		Documentation lspMarkup `json:"documentation"`
		Parameters    []struct {
			Label string `json:"label"`
		} `json:"parameters"`
	} `json:"signatures"`
}

// initialization is what the client says of itself and how it wants gopls to work: no diagnostics on
// each change, no analyses, no snippets; only what continues the typed text is proposed, since Jupyter
// puts a completion in the place of it. The settings are described in gopls' doc/settings.md.
func initialization(root string, pid int) map[string]any {
	markdown := []string{"markdown", "plaintext"}
	return map[string]any{
		"processId":        pid,
		"rootUri":          uriOf(root),
		"workspaceFolders": []map[string]string{{"uri": uriOf(root), "name": "notebook"}},
		"capabilities": map[string]any{
			"textDocument": map[string]any{
				"completion": map[string]any{"completionItem": map[string]any{
					"snippetSupport": false, "documentationFormat": markdown}},
				"hover":         map[string]any{"contentFormat": markdown},
				"signatureHelp": map[string]any{"signatureInformation": map[string]any{"documentationFormat": markdown}},
			},
		},
		"initializationOptions": map[string]any{
			"matcher":                        "CaseInsensitive",
			"usePlaceholders":                false,
			"completeFunctionCalls":          false,
			"experimentalPostfixCompletions": false,
			"hoverKind":                      "FullDocumentation",
			"diagnosticsTrigger":             "Save",
			"telemetryPrompt":                false,
			"vulncheck":                      "Off",
		},
	}
}
