package zmtp

import (
	"context"
	"testing"
)

// BenchmarkFlood publishes 100 MB in messages of 1 KiB to one subscriber, with and without encryption.
func BenchmarkFlood(b *testing.B) {
	for name, keys := range map[string]*Curve{"plain": nil, "encrypted": pair()} {
		b.Run(name, func(b *testing.B) {
			s, err := Listen(XPub, "tcp", "127.0.0.1:0", Options{Curve: keys, Welcome: func(string) [][]byte { return [][]byte{{}} }})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close(0)
			sub, err := Dial(context.Background(), Sub, "tcp", s.Addr().String(), Options{Curve: keys})
			if err != nil {
				b.Fatal(err)
			}
			defer sub.Close(0)
			if _, err := sub.Recv(context.Background()); err != nil {
				b.Fatal(err)
			}
			const messages, size = 100_000, 1 << 10
			b.SetBytes(messages * size)
			body := make([]byte, size)
			for b.Loop() {
				go func() {
					for range messages {
						_ = s.SendWait(context.Background(), [][]byte{[]byte("stream"), body})
					}
				}()
				for range messages {
					if _, err := sub.Recv(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
