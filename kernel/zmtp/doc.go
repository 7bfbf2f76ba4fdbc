// Package zmtp is the ZeroMQ that a kernel needs, and no more: ROUTER and XPUB sockets that listen, and
// DEALER and SUB sockets that dial a wrapped kernel, over TCP and Unix sockets, speaking ZMTP 3.1 with the NULL mechanism
// (https://rfc.zeromq.org/spec/37/). It moves frames and knows nothing of Jupyter.
//
// It exists because a kernel's ports are open to every program on the machine, and its output must
// neither be lost nor fill the memory. In go-zeromq/zmq4 v0.17.0 one silent connection stops a
// socket from accepting any other, a malformed READY command or a frame of a claimed 2^62 bytes
// panics in a goroutine of the library, and a PUB socket either drops messages or queues without
// bound. Here each peer has its handshake in its own goroutine and under a deadline, sizes are
// bounded before anything is allocated, and SendWait waits for the slowest subscriber.
package zmtp
