package usage

import (
	"bytes"
	"os"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const line = "4321 (a) b (c) S 1234 4321 4321 0 -1 4194560 200 300 0 0 150 25 1000 50 20 0 8 0 2609615 123456 777 18446744073709551615 0 0"
	m, ok := parseStat([]byte(line))
	want := member{1234, figures{user: 11500 * time.Millisecond, system: 750 * time.Millisecond, memory: 777 * int64(os.Getpagesize())}}
	if !ok || m != want {
		t.Errorf("read %+v, %v, want %+v", m, ok, want)
	}
	for _, cut := range []string{"", "4321 (a) b (c", "4321 (a) S 1 2 3"} {
		if m, ok := parseStat([]byte(cut)); ok {
			t.Errorf("read %+v from %q", m, cut)
		}
	}
}

func FuzzParseDump(f *testing.F) {
	f.Add([]byte{})
	f.Add(append([]byte{20, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0xff, 0xff, 0xff, 0xff))
	message := append([]byte{200, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 184)...)
	message[16+72], message[16+74] = 112, 2
	f.Add(message)
	f.Add(bytes.Repeat(message, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := parseDump(b, func(uint32, traffic) {})
		_ = err // whatever it is: nothing is read beyond the message, which the runtime checks
	})
}
