package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is a message with everything in it, a header field that this package does not know included.
func sample() [][]byte {
	dicts := [][]byte{
		[]byte(`{"msg_id":"1","session":"s","username":"u","date":"2026-01-02T03:04:05.000006Z","msg_type":"comm_msg","version":"5.5","subshell_id":"sub","x_trace": [1, 2]}`),
		[]byte(`{"msg_id":"0"}`), []byte(`{}`), []byte(`{"comm_id":"c","data":{}}`),
	}
	frames := [][]byte{[]byte("id1"), []byte("id2"), []byte(delimiter), NewKey("secret").Sign(dicts)}
	return append(append(frames, dicts...), []byte{0, 255}, []byte{})
}

func TestParse(t *testing.T) {
	m, err := Parse(sample(), NewKey("secret"))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{m.Header.MsgID, m.Header.Session, m.Header.Username, m.Header.Date, m.Header.Type, m.Header.Version, m.Header.SubshellID,
		string(m.Parent), string(m.Metadata), string(m.Content), m.Identities, m.Buffers}
	want := []any{"1", "s", "u", "2026-01-02T03:04:05.000006Z", CommMsg, "5.5", "sub",
		`{"msg_id":"0"}`, `{}`, `{"comm_id":"c","data":{}}`, [][]byte{[]byte("id1"), []byte("id2")}, [][]byte{{0, 255}, {}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

func TestFramesOfAParsedMessageAreTheSame(t *testing.T) {
	m, err := Parse(sample(), NewKey("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), m.Frames(NewKey("secret"))); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
}

func TestParentHeaderIsFaithful(t *testing.T) {
	m, err := Parse(sample(), NewKey("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Header.Raw(); !bytes.Equal(got, sample()[4]) {
		t.Errorf("parent header is %s", got)
	}
	made := Header{MsgID: "1", Type: Status, Version: ProtocolVersion}
	if got, want := string(made.Raw()), `{"msg_id":"1","session":"","username":"","date":"","msg_type":"status","version":"5.5"}`; got != want {
		t.Errorf("made header is %s, want %s", got, want)
	}
}

// The signature is jupyter_client's: Session(key=b"secret").Sign([b"{}"]*4).
func TestSignatureIsJupyters(t *testing.T) {
	empty := []byte("{}")
	got := string(NewKey("secret").Sign([][]byte{empty, empty, empty, empty}))
	if want := "34982f0bfec60e7b933ffde06c1ecab0fba073717a95ab943d1dd06f82c2d5e4"; got != want {
		t.Errorf("signature is %s, want %s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	at := func(i int, frame string) [][]byte {
		frames := sample()
		frames[i] = []byte(frame)
		return frames
	}
	signed := func(i int, dict string) [][]byte {
		frames := at(i, dict)
		frames[3] = NewKey("secret").Sign(frames[4:8])
		return frames
	}
	for _, test := range []struct {
		name   string
		frames [][]byte
		want   error
		says   string
	}{
		{"nothing", nil, ErrDelimiter, "0 frames"},
		{"no delimiter", at(2, "<IDS>"), ErrDelimiter, "10 frames"},
		{"too short", sample()[:7], ErrShort, "four dictionaries"},
		{"delimiter last", sample()[:3], ErrShort, "four dictionaries"},
		{"other signature", at(3, strings.Repeat("0", 64)), ErrSignature, "bad signature"},
		{"no signature", at(3, ""), ErrSignature, "bad signature"},
		{"signature cut", at(3, string(sample()[3][:63])), ErrSignature, "bad signature"},
		{"changed content", at(7, `{"comm_id":"d"}`), ErrSignature, "bad signature"},
		{"header is no JSON", signed(4, "{"), ErrMalformed, "header is not a JSON object"},
		{"header is a list", signed(4, "[]"), ErrMalformed, "header is not a JSON object"},
		{"header of other types", signed(4, `{"msg_id":1}`), ErrMalformed, "decode header"},
		{"header without type", signed(4, `{"msg_id":"1"}`), ErrMalformed, "without msg_type"},
		{"parent is text", signed(5, `"x"`), ErrMalformed, "parse comm_msg: malformed dictionary: parent_header"},
		{"metadata is null", signed(6, `null`), ErrMalformed, "metadata"},
		{"content is empty", signed(7, ``), ErrMalformed, "content"},
		{"content has a tail", signed(7, `{}{}`), ErrMalformed, "content"},
		{"content is deep", signed(7, strings.Repeat("[", 1<<20)), ErrMalformed, "content"},
		{"too many frames", slices.Concat(sample(), make([][]byte, maxFrames)), ErrOversized, "frames"},
		{"too many bytes", append(sample(), make([]byte, MaxSize)), ErrOversized, "256 MB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.frames, NewKey("secret"))
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want %v that says %q", err, test.want, test.says)
			}
		})
	}
}

func TestUnsignedMessages(t *testing.T) {
	frames := sample()
	frames[3] = nil
	if _, err := Parse(frames, Key{}); err != nil {
		t.Errorf("without a key: %v", err)
	}
	m := Message{Header: Header{MsgID: "1", Type: Status}}
	if got := m.Frames(Key{}); len(got) != 6 || len(got[1]) != 0 || string(got[5]) != "{}" {
		t.Errorf("frames are %q", got)
	}
}

func TestEncode(t *testing.T) {
	for _, test := range []struct {
		content any
		want    string
	}{
		{StreamContent{"stdout", "<&> \u2028 é \xff"}, `{"name":"stdout","text":"<&> \u2028 é \ufffd"}`},
		{json.RawMessage(`{"a": 1}`), `{"a": 1}`},
		{HistoryEntry{Session: 1, Line: 2, Input: "x"}, `[1,2,"x"]`},
		{HistoryEntry{Session: 1, Line: 2, Input: "x", Pair: true}, `[1,2,["x",null]]`},
	} {
		got, err := Encode(test.content)
		if err != nil || string(got) != test.want {
			t.Errorf("%v encodes to %s, %v; want %s", test.content, got, err, test.want)
		}
	}
	if _, err := Encode(func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

func TestDefaultsOfExecute(t *testing.T) {
	for _, test := range []struct {
		content string
		want    [3]bool // counts, stops, asks
	}{
		{`{"code":""}`, [3]bool{true, true, true}},
		{`{"code":"","silent":true}`, [3]bool{false, true, true}},
		{`{"code":"","silent":true,"store_history":true}`, [3]bool{false, true, true}},
		{`{"code":"","store_history":false,"stop_on_error":false,"allow_stdin":false}`, [3]bool{}},
	} {
		var e Execute
		if err := json.Unmarshal([]byte(test.content), &e); err != nil {
			t.Fatal(err)
		}
		if got := [3]bool{e.Counts(), e.Stops(), e.Asks()}; got != test.want {
			t.Errorf("%s: %v, want %v", test.content, got, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	add := func(frames [][]byte) { f.Add(bytes.Join(frames, []byte("\n"))) }
	add(sample())
	add(sample()[:5])
	add([][]byte{[]byte(delimiter), nil, []byte(`{"msg_type":"x"}`), []byte("{}"), []byte("{}"), []byte("{}")})
	f.Fuzz(func(t *testing.T, joined []byte) {
		frames := bytes.Split(joined, []byte("\n"))
		if _, err := Parse(frames, NewKey("secret")); err == nil && !bytes.Contains(joined, sample()[3]) {
			t.Error("a message without a good signature was taken")
		}
		m, err := Parse(frames, Key{})
		if err != nil {
			return
		}
		again, err := Parse(m.Frames(Key{}), Key{})
		if err != nil {
			t.Fatalf("what was parsed once is refused: %v", err)
		}
		if diff := cmp.Diff(m, again, cmp.AllowUnexported(Header{})); diff != "" {
			t.Errorf("message changed (-first +again):\n%s", diff)
		}
	})
}
