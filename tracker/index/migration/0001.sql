-- The projection of format 1's entries. Every row is named by the entry that began it: its journal's
-- id and its number there. Times are UTC text of one width, so that they sort; durations are
-- nanoseconds, sizes bytes; digests name blobs of the ledger, never bytes in here.

CREATE TABLE journals (
    id      TEXT    NOT NULL PRIMARY KEY,
    writer  TEXT    NOT NULL DEFAULT '',
    entries INTEGER NOT NULL DEFAULT 0,  -- how many are projected
    offset  INTEGER NOT NULL DEFAULT 0,  -- where the next one begins in the file
    state   TEXT    NOT NULL DEFAULT '', -- live, closed or cut
    problem TEXT    NOT NULL DEFAULT ''  -- why the projection stopped there
) WITHOUT ROWID;

CREATE TABLE sessions (
    journal        TEXT    NOT NULL,
    entry          INTEGER NOT NULL,
    id             TEXT    NOT NULL,
    status         TEXT    NOT NULL, -- open, closed or cut
    started        TEXT    NOT NULL,
    ended          TEXT    NOT NULL DEFAULT '',
    end_reason     TEXT    NOT NULL DEFAULT '',
    engine         TEXT    NOT NULL,
    engine_version TEXT    NOT NULL,
    gemba          TEXT    NOT NULL,
    notebook       TEXT    NOT NULL,
    dir            TEXT    NOT NULL,
    host           TEXT    NOT NULL,
    user           TEXT    NOT NULL,
    pid            INTEGER NOT NULL,
    command        TEXT    NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_started ON sessions (started, journal, entry);

CREATE TABLE cells (
    journal       TEXT    NOT NULL,
    entry         INTEGER NOT NULL,
    id            TEXT    NOT NULL,
    session       TEXT    NOT NULL,
    status        TEXT    NOT NULL, -- running, ok, error, aborted, interrupted or cut
    started       TEXT    NOT NULL,
    finished      TEXT    NOT NULL DEFAULT '',
    count         INTEGER NOT NULL, -- In [count]
    cell_id       TEXT    NOT NULL,
    notebook      TEXT    NOT NULL,
    silent        INTEGER NOT NULL,
    source        TEXT    NOT NULL, -- digest
    source_size   INTEGER NOT NULL,
    wall_ns       INTEGER NOT NULL DEFAULT 0,
    build_ns      INTEGER NOT NULL DEFAULT 0,
    run_ns        INTEGER NOT NULL DEFAULT 0,
    user_cpu_ns   INTEGER NOT NULL DEFAULT 0,
    system_cpu_ns INTEGER NOT NULL DEFAULT 0,
    max_rss       INTEGER NOT NULL DEFAULT 0,
    reused        INTEGER NOT NULL DEFAULT 0,
    backend       TEXT    NOT NULL DEFAULT '',
    error_name    TEXT    NOT NULL DEFAULT '',
    error_value   TEXT    NOT NULL DEFAULT '', -- digest
    declarations  TEXT    NOT NULL DEFAULT '', -- digest
    program       TEXT    NOT NULL DEFAULT '', -- digest
    messages      INTEGER NOT NULL DEFAULT 0,
    output_bytes  INTEGER NOT NULL DEFAULT 0,
    output_sha256 TEXT    NOT NULL DEFAULT '',
    truncated     INTEGER NOT NULL DEFAULT 0,
    dropped_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX cells_id ON cells (id);
CREATE INDEX cells_started ON cells (started, journal, entry);
CREATE INDEX cells_session ON cells (session);

CREATE TABLE outputs (
    journal   TEXT    NOT NULL,
    entry     INTEGER NOT NULL,
    execution TEXT    NOT NULL,
    time      TEXT    NOT NULL,
    digest    TEXT    NOT NULL,
    size      INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    messages  INTEGER NOT NULL,
    tail      INTEGER NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX outputs_execution ON outputs (execution);

CREATE TABLE interrupts (
    journal    TEXT    NOT NULL,
    entry      INTEGER NOT NULL,
    session    TEXT    NOT NULL,
    execution  TEXT    NOT NULL,
    time       TEXT    NOT NULL,
    "by"      TEXT    NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;

CREATE TABLE gaps (
    journal   TEXT    NOT NULL,
    entry     INTEGER NOT NULL,
    session   TEXT    NOT NULL,
    execution TEXT    NOT NULL,
    time      TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    since     TEXT    NOT NULL,
    events    INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
