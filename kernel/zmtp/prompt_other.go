//go:build !unix

package zmtp

import "net"

func prompt(net.Conn) func(net.Buffers) int { return nil }
