package proxy

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

// TestIntakeKeepsTheOrder hands on slowly now and then, and reads on meanwhile.
func TestIntakeKeepsTheOrder(t *testing.T) {
	const messages = 20_000
	var readers sync.WaitGroup
	sent, got := 0, 0
	receive := func() ([][]byte, bool, error) {
		if sent == messages {
			return nil, false, io.EOF
		}
		sent++
		return [][]byte{binary.BigEndian.AppendUint32(nil, uint32(sent))}, sent%3 == 0, nil
	}
	startIntake(&readers, receive, func(frames [][]byte) {
		if got++; int(binary.BigEndian.Uint32(frames[0])) != got {
			t.Errorf("message %d came as number %d", binary.BigEndian.Uint32(frames[0]), got)
		}
		if got%1000 == 500 {
			time.Sleep(2 * slow)
		}
	})
	readers.Wait()
	if got != messages {
		t.Errorf("%d messages were handed on", got)
	}
}

// TestIntakeReadsOn has one message handed on only when all others are read.
func TestIntakeReadsOn(t *testing.T) {
	var readers sync.WaitGroup
	all := make(chan struct{})
	left := 100
	receive := func() ([][]byte, bool, error) {
		if left--; left == 0 {
			close(all)
			return nil, false, errors.New("gone")
		}
		return [][]byte{{}}, false, nil
	}
	startIntake(&readers, receive, func([][]byte) {
		select {
		case <-all:
		case <-time.After(kerneltest.Guard):
			t.Error("nobody reads on")
		}
	})
	readers.Wait()
}
