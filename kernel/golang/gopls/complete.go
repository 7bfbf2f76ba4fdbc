package gopls

import "context"

// An Item is one way to complete what is typed.
type Item struct {
	Label        string // as it is listed
	Kind         string // function, field, module, …: see kinds
	Detail       string // its type or signature
	Doc          string // markdown, often empty
	NewText      string // what to put in the place of text[ReplaceStart:ReplaceEnd]
	ReplaceStart int    // byte offsets into the text that was given
	ReplaceEnd   int
}

// kinds name CompletionItemKind, as the Jupyter front ends write them.
var kinds = [...]string{
	1: "text", 2: "method", 3: "function", 4: "constructor", 5: "field", 6: "variable", 7: "class", 8: "interface",
	9: "module", 10: "property", 11: "unit", 12: "value", 13: "enum", 14: "keyword", 15: "snippet", 16: "color",
	17: "file", 18: "reference", 19: "folder", 20: "enum", 21: "constant", 22: "struct", 23: "event",
	24: "operator", 25: "type",
}

// Complete lists what may stand at the byte offset of text, the whole content of file, best first. An
// empty list is no error. Packages that text does not import yet are proposed as well; to import
// them is the caller's.
func (c *Client) Complete(ctx context.Context, file, text string, offset int) ([]Item, error) {
	var answer lspCompletions
	if err := c.ask(ctx, "textDocument/completion", file, text, offset, &answer); err != nil {
		return nil, err
	}
	items := make([]Item, 0, len(answer.Items))
	for _, found := range answer.Items {
		item := Item{Label: found.Label, Detail: found.Detail, Doc: string(found.Documentation), NewText: found.Label,
			ReplaceStart: offset, ReplaceEnd: offset}
		if found.Kind > 0 && found.Kind < len(kinds) {
			item.Kind = kinds[found.Kind]
		}
		if edit := found.TextEdit; edit != nil {
			item.NewText = edit.NewText
			item.ReplaceStart = offsetOf(text, edit.Range.Start)
			item.ReplaceEnd = offsetOf(text, edit.Range.End)
		}
		items = append(items, item)
	}
	return items, nil
}
