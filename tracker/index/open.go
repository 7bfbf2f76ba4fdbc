package index

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// File is the name of the index in the ledger's directory. SQLite keeps two more beside it.
const File = "index.sqlite"

// applicationID marks a SQLite file as ours: "gmba" in ASCII.
const applicationID = 0x676d6261

//go:embed migration/*.sql
var migrations embed.FS

// Index answers questions about a ledger. It may be used from several goroutines, Rebuild and Close
// aside.
type Index struct {
	files
	ledger Ledger
	cache  *cache

	retry   sync.Mutex
	retries retries

	path string
	temp string // a folder to remove when the index is not kept, empty when it is
}

// files are the ways into the index file: one connection writes, others read beside it.
type files struct {
	db     *sql.DB // for reading
	asked  *asked
	writes *sql.DB
	writer *writer
}

func (f files) closeFiles() error {
	return errors.Join(f.asked.close(), f.writer.close(), f.writes.Close(), f.db.Close())
}

// Open opens the index of the ledger in directory dir, which it makes when there is none, and brings
// it up to date. Where it cannot be written beside the ledger, the index is a temporary one. The
// errors of journal.Open are returned as they are.
func Open(ctx context.Context, dir string) (*Index, error) {
	ledger, err := journal.Open(dir)
	if err != nil {
		return nil, err
	}
	return OpenLedger(ctx, ledger)
}

// OpenLedger is Open for a ledger that is open already.
func OpenLedger(ctx context.Context, ledger Ledger) (*Index, error) {
	path := filepath.Join(ledger.Dir(), File)
	x, err := openAt(ctx, ledger, path)
	if Damaged(err) {
		if err = discard(path); err == nil {
			x, err = openAt(ctx, ledger, path)
		}
	}
	if err != nil && ctx.Err() == nil {
		x, err = openTemporary(ctx, ledger)
	}
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return x, nil
}

func openTemporary(ctx context.Context, ledger Ledger) (*Index, error) {
	folder, err := os.MkdirTemp("", "gemba-index-")
	if err != nil {
		return nil, fmt.Errorf("make temporary index: %w", err)
	}
	x, err := openAt(ctx, ledger, filepath.Join(folder, File))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	x.temp = folder
	return x, nil
}

// openAt opens the index file at path and brings it up to date.
func openAt(ctx context.Context, ledger Ledger, path string) (*Index, error) {
	db, err := sql.Open("sqlite", dataSource(path, writing))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	x := &Index{ledger: ledger, path: path, cache: newCache(), retries: retries{tried: map[tracker.Digest]time.Time{}}, files: files{writes: db, writer: newWriter(db)}}
	if x.writer.schema, err = migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	if x.db, err = sql.Open("sqlite", dataSource(path, asking)); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	x.db.SetMaxIdleConns(8) // each remembers the questions that it was asked
	x.asked = &asked{statements: map[string]*sql.Stmt{}}
	if err := x.Sync(ctx); err != nil {
		return nil, errors.Join(err, x.closeFiles())
	}
	return x, nil
}

// Temporary reports whether the index is kept only as long as it is open, since the ledger's
// directory cannot be written.
func (x *Index) Temporary() bool { return x.temp != "" }

// Path returns the index file.
func (x *Index) Path() string { return x.path }

// Close closes the index.
func (x *Index) Close() error {
	err := x.closeFiles()
	if x.temp != "" {
		err = errors.Join(err, os.RemoveAll(x.temp))
	}
	return err
}

// writing is how the projection is written: readers do not wait for writers (WAL), writers wait for
// each other, and a power cut costs at most the last transactions, which the next Sync repeats.
var writing = url.Values{
	"_pragma": {
		"busy_timeout(60000)", "journal_mode(wal)", "synchronous(normal)",
		"cache_size(-65536)", "temp_store(memory)",
	},
	"_txlock": {"immediate"},
}

// asking is how the index's own questions are asked: they never wait for writers.
var asking = url.Values{
	"_pragma": {"busy_timeout(60000)", "cache_size(-16384)", "temp_store(memory)", "query_only(true)"},
}

// reading is how a person's own SQL is run: nothing can be changed, whatever it says.
var reading = url.Values{
	"mode":    {"ro"},
	"_pragma": {"busy_timeout(60000)", "query_only(true)"},
}

func dataSource(path string, how url.Values) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: how.Encode()}).String()
}

// discard removes a damaged index. SQLite's own files go first, lest they meet a new index.
func discard(path string) error {
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove damaged index: %w", err)
		}
	}
	return nil
}

// errForeign says that a database is not an index that this program can use.
var errForeign = errors.New("not an index of this program")

// Damaged reports whether err says that the index file is to be made anew. Open sees to it itself;
// damage deeper in the file shows in a query, and Rebuild mends it.
func Damaged(err error) bool {
	return errors.Is(err, errForeign) || hasCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
}

// Full reports whether err says that there is no room on the disk to bring the index up to date.
func Full(err error) bool { return hasCode(err, sqlite3.SQLITE_FULL) }

// hasCode reports whether err is SQLite's and has one of the codes.
func hasCode(err error, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&0xff)
}

// migrate brings the schema to the newest version in one transaction, and returns that. The version is
// the number of migrations applied, kept in SQLite's user_version.
func migrate(ctx context.Context, db *sql.DB) (version int, err error) {
	files, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return 0, err
	}
	slices.Sort(files)
	version = len(files)
	have, err := schemaVersion(ctx, db)
	if err != nil || have == version {
		return version, err
	}
	if have > version {
		return 0, fmt.Errorf("%w: its schema is newer", errForeign)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("begin migration: %w", err)
	}
	defer tx.Rollback()
	if have, err = schemaVersion(ctx, tx); err != nil {
		return 0, err
	}
	if err := applyMigrations(ctx, tx, files[min(have, version):]); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return 0, fmt.Errorf("set schema version: %w", err)
	}
	return version, tx.Commit()
}

func applyMigrations(ctx context.Context, tx *sql.Tx, files []string) error {
	for _, file := range files {
		text, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("apply %s: %w", file, err)
		}
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// querier is what a database and a transaction have in common.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// schemaVersion returns how many migrations were applied. It is errForeign's when the file is
// another program's.
func schemaVersion(ctx context.Context, db querier) (version int, err error) {
	var owner, tables int
	row := db.QueryRowContext(ctx,
		"SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)")
	if err := row.Scan(&owner, &version, &tables); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if tables > 0 && owner != applicationID {
		return 0, fmt.Errorf("%w: another program's database", errForeign)
	}
	return version, nil
}
