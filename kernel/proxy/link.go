package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
)

// Guest is what gemba knows of a wrapped kernel's language, and adds to it.
type Guest interface {
	// Setup is code for a silent first execution; empty: none.
	Setup() string
	// Facts tells what was seen of the execution that a request caused. It is asked before its reply is passed on.
	Facts(request string) wire.Facts
	// Unseen says whether a cell may open files that Facts does not tell of, for the work tree to be watched.
	Unseen(source string) bool
	// Commands finds the lines of a cell that may be magics.
	Commands(source string) []magics.Line
	// Comment is what begins a comment of one line, empty where that is not known.
	Comment() string
}

// Poller is a Guest that knows which cells answer comms while they run, as the kernel does them beside what waits.
type Poller interface {
	Polls(source string) bool
}

// polls says whether a cell answers comms while it runs.
func (l *Link) polls(source string) bool {
	guest, ok := l.Guest.(Poller)
	return ok && guest.Polls(source)
}

// LinkOptions say how a wrapped kernel is talked to. Child is required.
type LinkOptions struct {
	Child   *Child
	Session tracker.ID       // of the ledger
	Guest   Guest            // nil: nothing is known of the language
	Place   func([]string)   // told before each cell of variables for what it runs, each "NAME=value"; nil: nobody is
	Now     func() time.Time // nil: time.Now
	Log     func(string)     // nil: silence
}

// Link is a wrapped kernel that answers, and the requests that gemba has of its own.
type Link struct {
	LinkOptions
	Info    wire.Info       // what the kernel says of itself
	Raw     json.RawMessage // the content of its kernel_info_reply
	key     wire.Key
	own     *own
	voice   voice
	reading sync.WaitGroup
	handed  atomic.Int64 // messages of the kernel that were looked at

	mu    sync.RWMutex
	pass  func(wire.Channel, message, bool) // what is not of gemba's own doing, and whether it could be read; nil: it waits
	early []early
}

// early is a message that came before anybody wanted it.
type early struct {
	channel wire.Channel
	message message
	read    bool
}

// Open connects to the kernel, waits until it answers, and executes silently what the guest wants. An error is that of a
// kernel that does not start, or of ctx.
func Open(ctx context.Context, o LinkOptions) (*Link, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.Place == nil {
		o.Place = func([]string) {}
	}
	l := &Link{LinkOptions: o, key: wire.NewKey(o.Child.Key)}
	l.own = &own{author: kernel.NewAuthor(o.Session, "own", o.Now), session: tracker.NewID().String(), key: l.key, waiting: map[string]*exchange{}}
	if err := o.Child.Connect(ctx); err != nil {
		select {
		case <-o.Child.Gone():
			return nil, l.died()
		default:
			return nil, err
		}
	}
	for channel := range kinds {
		l.read(channel)
	}
	if err := l.introduce(ctx); err != nil {
		return nil, err
	}
	if l.Guest == nil {
		l.Guest = strangerOf(l.Info.Language.Name, o.Child.Spec.Language)
	}
	l.setup(ctx)
	return l, nil
}

// Pass has what the kernel sends, and has sent, handed on from now on, one message at a time on each channel.
func (l *Link) Pass(pass func(c wire.Channel, m message, read bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.early {
		pass(e.channel, e.message, e.read)
	}
	l.pass, l.early = pass, nil
}

// read takes what the kernel sends on one channel until it is gone, and hands it on.
func (l *Link) read(c wire.Channel) {
	socket := l.Child.channels[c]
	receive := func() (frames [][]byte, more bool, err error) {
		if frames, err = socket.Recv(context.Background()); err != nil {
			return nil, false, err
		}
		return frames, socket.More(), nil
	}
	startIntake(&l.reading, receive, func(frames [][]byte) { l.received(c, frames) })
}

// received hands on a message of the kernel's, unless it is of gemba's doing.
func (l *Link) received(c wire.Channel, frames [][]byte) {
	defer l.handed.Add(1)
	m, ok := look(frames)
	if ok && m.header.Type == wire.IOPubWelcome {
		return // to gemba; front ends are welcomed at the door
	}
	if !ok || !l.own.mine(c, m) {
		l.hand(c, m, ok)
	}
}

func (l *Link) hand(c wire.Channel, m message, read bool) {
	l.mu.RLock()
	pass := l.pass
	l.mu.RUnlock()
	if pass != nil {
		pass(c, m, read)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pass != nil { // now it is wanted
		l.pass(c, m, read)
		return
	}
	l.early = append(l.early, early{c, m, read})
}

// asking is how long a kernel may take to say what it is before it is asked again, as Jupyter's clients do.
const asking = 5 * time.Second

// A kernel that has answered but not said that it is idle may have done so before it knew that gemba listens: it is asked again,
// this often, after so long.
const (
	joining = 100 * time.Millisecond
	joins   = 5
)

// introduce asks the kernel what it is. Jupyter waits for a kernel for a minute, but some compile first.
func (l *Link) introduce(ctx context.Context) error {
	for unheard := 0; ; {
		short, cancel := context.WithTimeoutCause(ctx, asking, errSilent)
		x := &exchange{hurry: joining}
		reply, err := l.ask(short, wire.Shell, wire.KernelInfoRequest, struct{}{}, x)
		cancel()
		if errors.Is(err, errSilent) && reply.frames == nil {
			continue
		}
		if unheard++; errors.Is(err, errSilent) && unheard < joins {
			continue
		}
		if err != nil && !errors.Is(err, errSilent) { // without an idle it is a kernel nevertheless
			return fmt.Errorf("wait for the kernel: %w", err)
		}
		l.Raw = reply.content()
		l.voice.hear(reply)
		if err == nil {
			l.voice.topic = x.topic
		}
		if err := json.Unmarshal(l.Raw, &l.Info); err != nil {
			l.Log("the kernel's kernel_info_reply is not as the protocol has it: " + err.Error())
		}
		return nil
	}
}

var errSilent = errors.New("the kernel does not answer")

// setup executes what the guest wants. A kernel that does not is recorded without.
func (l *Link) setup(ctx context.Context) {
	code := l.Guest.Setup()
	if code == "" {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, asking, errSilent)
	defer cancel()
	no := false
	reply, err := l.ask(ctx, wire.Shell, wire.ExecuteRequest, wire.Execute{Code: &code, Silent: true, StoreHistory: &no, UserExpressions: all(nil), AllowStdin: &no, StopOnError: &no}, nil)
	if err != nil {
		l.Log("prepare the kernel for being observed: " + err.Error())
		return
	}
	var failed wire.Error
	if json.Unmarshal(reply.content(), &failed) == nil && failed.Name != "" {
		l.Log(fmt.Sprintf("prepare the kernel for being observed: %s: %s", failed.Name, failed.Value))
	}
}

// Ask sends a request of gemba's own to the kernel's main shell, control channel, or a subshell, and returns what its reply says.
func (l *Link) Ask(ctx context.Context, c wire.Channel, subshell string, t wire.Type, content any) (json.RawMessage, error) {
	reply, err := l.ask(ctx, c, t, content, &exchange{subshell: subshell})
	if err != nil {
		return nil, err
	}
	return reply.content(), nil
}

// ask sends a request to the kernel and waits for its reply, and until all that it published is there. The exchange says what
// becomes of that; nil drops it.
func (l *Link) ask(ctx context.Context, c wire.Channel, t wire.Type, content any, x *exchange) (message, error) {
	if x == nil {
		x = &exchange{}
	}
	m, err := l.own.open(x, t, content)
	if err != nil {
		return message{}, err
	}
	defer l.own.close(m.Header.MsgID)
	if err := l.Child.channels[c].Send(m.Frames(l.key)); err != nil {
		return message{}, fmt.Errorf("ask the kernel: %w", err)
	}
	var reply message
	var late <-chan time.Time
	idle := x.idle
	for idle != nil || reply.frames == nil {
		select {
		case reply = <-x.replied:
			if x.hurry > 0 {
				late = time.After(x.hurry)
			}
		case <-late:
			return reply, errSilent
		case <-idle:
			idle = nil
		case <-l.Child.Gone():
			return reply, l.died()
		case <-ctx.Done():
			return reply, context.Cause(ctx)
		}
	}
	return reply, nil
}

// tell sends the kernel a message that has no reply.
func (l *Link) tell(t wire.Type, content any, buffers [][]byte) error {
	m, err := l.own.author.Message(t, nil, content, nil)
	if err != nil {
		return err
	}
	m.Header.Session, m.Buffers = l.own.session, buffers
	return l.Child.channels[wire.Shell].Send(m.Frames(l.key))
}

// died says that the kernel is gone, also when it left with an exit status of 0.
func (l *Link) died() error {
	if err := l.Child.Fault(); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s: it ended by itself", ErrDied, l.Child.Spec.Name())
}

// What the kernel sent before it went is handed on, however much it is; but who left its session of processes may hold its
// sockets open for as long as he likes, and is not waited for.
const (
	draining = 500 * time.Millisecond // in which nothing comes
	drains   = 20
)

// drain waits until all that the kernel sent before it went is handed on.
func (l *Link) drain() {
	for range drains {
		before := l.handed.Load()
		if within(draining, l.reading.Wait) || l.handed.Load() == before {
			return
		}
	}
}
