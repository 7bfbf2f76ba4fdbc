package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrDocument says that a document is no profile.
var ErrDocument = errors.New("not a profile")

// Value is a value of a column: in JSON a number when it is one, else a text.
type Value struct {
	Text   string
	Number bool
}

// String returns the value's text.
func (v Value) String() string { return v.Text }

// MarshalJSON writes a number as it is spelt.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Number {
		return []byte(v.Text), nil
	}
	return line(v.Text)
}

// UnmarshalJSON reads a number or a text.
func (v *Value) UnmarshalJSON(b []byte) error {
	if v.Number = isJSONNumber(string(b)); v.Number {
		v.Text = string(b)
		return nil
	}
	return json.Unmarshal(b, &v.Text)
}

// isJSONNumber says whether JSON has numbers that look so: not 007, for instance.
func isJSONNumber(text string) bool {
	return text != "" && (text[0] == '-' || text[0]-'0' <= 9) && json.Valid([]byte(text))
}

// harmless returns a text that does not pass for a digest: as a whole, such a text would name a blob.
func harmless(text string) string {
	if strings.HasPrefix(text, "sha256:") {
		return text + "…"
	}
	return text
}

// Document returns the profiles as JSON lines: for each table a line, then one for each of its columns.
func Document(profiles ...*Profile) ([]byte, error) {
	var b bytes.Buffer
	for _, p := range profiles {
		if p == nil {
			continue
		}
		if err := p.write(&b); err != nil {
			return nil, fmt.Errorf("write profile of %s: %w", p.Table, err)
		}
	}
	return b.Bytes(), nil
}

func (p *Profile) write(b *bytes.Buffer) error {
	head := *p
	head.Table = harmless(p.Table)
	lines := []any{&head}
	for i := range p.Columns {
		lines = append(lines, &p.Columns[i])
	}
	for _, l := range lines {
		text, err := line(l)
		if err != nil {
			return err
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return nil
}

// line returns v as JSON in a line, text unescaped for HTML.
func line(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Parse reads what Document wrote. Its error is ErrDocument.
func Parse(document []byte) ([]*Profile, error) {
	var profiles []*Profile
	for text := range bytes.Lines(document) {
		var which struct{ Table, Column *string }
		if err := json.Unmarshal(text, &which); err != nil {
			return nil, fmt.Errorf("read profile: %w: %w", ErrDocument, err)
		}
		switch {
		case which.Table != nil:
			p := new(Profile)
			if err := json.Unmarshal(text, p); err != nil {
				return nil, fmt.Errorf("read profile: %w: %w", ErrDocument, err)
			}
			profiles = append(profiles, p)
		case which.Column != nil && len(profiles) > 0:
			var c Column
			if err := json.Unmarshal(text, &c); err != nil {
				return nil, fmt.Errorf("read profile: %w: %w", ErrDocument, err)
			}
			p := profiles[len(profiles)-1]
			p.Columns = append(p.Columns, c)
		}
	}
	return profiles, nil
}
