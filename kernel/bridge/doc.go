// Package bridge answers HTTP requests that come over Jupyter's comms, so that a front end reaches a handler wherever it reaches its kernel:
// through a hub, a proxy or a tunnel, without a port. It must not know what the handler answers, nor sockets and engines: it is given
// messages, and what publishes them.
//
// # Protocol, version 1
//
// The front end opens a comm with target_name "gemba.ledger" and data {"version":1}. Its comm_id should begin with "gemba.ledger", so that a
// kernel that was restarted knows what it does not know. The kernel answers with data
//
//	{"hello":{"version":1,"program":"0.3.1","session":"<id of the session in the ledger>","kernel":"go"}}
//
// where kernel is "go" or the name of the wrapped kernel's kernelspec. To another version, and to whatever else it cannot go on with, it
// answers comm_close with data {"error":"<plain words>"}. The newest eight comms are kept: pages that are loaded anew never close theirs.
// A comm_msg for a comm that is not open any more is answered with comm_close.
//
// A request, whose id is a whole number that no other request under way has; headers and body (text, at most 1 MiB) may be missing:
//
//	{"id":7,"method":"GET","path":"/api/runs?limit=100","headers":{"if-none-match":"W/\"x\""},"body":"…"}
//
// is answered with one message when the answer is text of at most 64 KiB; headers have small names:
//
//	{"id":7,"status":200,"headers":{"content-type":"application/json","etag":"W/\"y\""},"body":"…"}
//
// Any other answer comes in pieces of at most 1 MiB, each the one buffer of its message. All but the last message have "more", all but the
// first a "part" that counts from 1. The bytes of text may be cut in the middle of a character. Where a part is missing, Jupyter's server
// dropped it, as it does when a cell prints too much, and the request is to be made again:
//
//	{"id":7,"status":200,"headers":{…},"more":true}   and a buffer
//	{"id":7,"part":1,"more":true}                     and a buffer
//	{"id":7,"part":2}                                 and a buffer
//
// A front end that sends {"id":7,"got":1} for each of them, the first too, where got is its part (0 for the first), is never sent more than
// four ahead; it says so beforehand by "acks":true in its request. That holds the memory of a Jupyter server down that stands before a slow
// browser. Messages without a buffer do not wait for it, events of a stream for one, and need not be told of.
//
// An answer of type text/event-stream is a stream (a request to /api/events is answered so). After its first message, each event is one more,
// whose data is JSON, or a string where it is none. A comm gets at most ten of them a second. Events of a request that have the same name and
// come faster become one: lists are united, true stays true, and of everything else the newest stays:
//
//	{"id":8,"status":200,"headers":{…},"more":true}
//	{"id":8,"part":1,"more":true,"event":{"name":"changes","id":"k-3","data":{…}}}
//
// {"id":8,"cancel":true} ends a request; nothing more is said of it, but for what is on its way. An answer that breaks off ends with
// {"id":7,"part":3,"error":"<plain words>"}. A message that cannot be understood is answered with {"error":"<plain words>"}.
//
// Up to eight requests of a comm are answered at once, and up to eight streams beside them; some hundred wait. What is refused here is
// answered as the ledger's own interface does: {"error":{"code":"…","message":"…","hint":"…"}}. All comms together publish at most 200
// messages a second, since Jupyter's server drops what is above 1000, and none while megabytes wait to leave. Every message has the one
// that it answers as parent: for all that belongs to a request that is the request, for hello the comm_open.
package bridge
