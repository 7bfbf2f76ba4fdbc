package gopls

import (
	"context"
	"strings"
)

// A Doc describes what a name stands for.
type Doc struct {
	Markdown string
	Plain    string // the same without markup
}

// Hover describes the name at the byte offset of text, the whole content of file: its declaration and
// documentation. A name that is unknown, or no name at all, is not found, without an error.
func (c *Client) Hover(ctx context.Context, file, text string, offset int) (doc Doc, found bool, err error) {
	var answer lspHover
	err = c.ask(ctx, "textDocument/hover", file, text, offset, &answer)
	if err != nil || answer.Contents == "" {
		return Doc{}, false, err
	}
	markdown := string(answer.Contents)
	return Doc{Markdown: markdown, Plain: plain(markdown)}, true, nil
}

// A Signature is a function as it is called.
type Signature struct {
	Label      string   // func(name type, …) results
	Markdown   string   // its documentation
	Parameters []string // each a part of Label
	Active     int      // index of the parameter at the offset
}

// Signature describes the function whose call encloses the byte offset of text.
func (c *Client) Signature(ctx context.Context, file, text string, offset int) (sig Signature, found bool, err error) {
	var answer lspSignatures
	err = c.ask(ctx, "textDocument/signatureHelp", file, text, offset, &answer)
	if err != nil || answer.Active < 0 || answer.Active >= len(answer.Signatures) {
		return Signature{}, false, err
	}
	chosen := answer.Signatures[answer.Active]
	sig = Signature{Label: chosen.Label, Markdown: string(chosen.Documentation), Active: answer.ActiveParameter}
	for _, parameter := range chosen.Parameters {
		sig.Parameters = append(sig.Parameters, parameter.Label)
	}
	return sig, true, nil
}

// Inspect is what a front end's "inspect" asks for: the name at the offset or, where there is none, the
// function whose call encloses it.
func (c *Client) Inspect(ctx context.Context, file, text string, offset int) (doc Doc, found bool, err error) {
	doc, found, err = c.Hover(ctx, file, text, offset)
	if err != nil || found {
		return doc, found, err
	}
	sig, found, err := c.Signature(ctx, file, text, offset)
	if err != nil || !found {
		return Doc{}, false, err
	}
	markdown := strings.TrimSpace("```go\nfunc " + sig.Label + "\n```\n\n" + sig.Markdown)
	return Doc{Markdown: markdown, Plain: plain(markdown)}, true, nil
}
