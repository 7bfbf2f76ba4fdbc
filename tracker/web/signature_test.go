package web_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker/web"
)

func TestReviewsAndNotesTellWhoSigned(t *testing.T) {
	h := furnished(t)
	h.ask(http.MethodPost, "/api/reviews", `{"subject":"first","verdict":"commented","comment":"why this?"}`)
	h.ask(http.MethodPost, "/api/reviews", `{"subject":"first","verdict":"approved"}`)
	h.ask(http.MethodPut, "/api/runs/first/note", `{"note":"# good"}`)
	reviews := func() []web.Review { return get[struct{ Items []web.Review }](h, "/api/reviews?subject=first").Items }
	all := reviews()
	if len(all) != 2 || all[0].SignedBy == "" || all[0].Entry == 0 || all[1].Entry <= all[0].Entry || all[1].Unsigned != "" {
		t.Fatalf("%+v", all)
	}
	note := get[web.RunNote](h, "/api/runs/first/note")
	if note.Note != "# good" || note.SignedBy != all[0].SignedBy || note.Time.IsZero() || note.Journal != all[0].Journal {
		t.Errorf("%+v", note)
	}
	if n := get[web.RunNote](h, "/api/runs/second/note"); n.Note != "" || n.SignedBy != "" {
		t.Errorf("a run without a note: %+v", n)
	}
	name := filepath.Join(h.dir, "journals", all[0].Journal.String()+".jsonl")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(text, []byte(`"approved"`), []byte(`"rejected"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if all := reviews(); all[1].SignedBy != "" || !strings.Contains(all[1].Unsigned, "altered") {
		t.Errorf("after tampering: %+v", all[1])
	}
}
