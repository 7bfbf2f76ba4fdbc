// Package wire is the Jupyter messaging protocol as data: message types, the content of each,
// headers, signatures, frames and connection files (protocol 5.3 to 5.5, see
// https://jupyter-client.readthedocs.io/en/latest/messaging.html), and the few types that an
// engine and the kernel server share. It opens no socket, starts no goroutine and knows no engine.
package wire
