-- Runs: experiments, params, metrics, tags, artifacts, registered models, saved searches. What several journals may tell of one
-- thing is settled by "at", where an entry stands among all: its time, journal and number, and the place in its blob, as bytes that
-- sort (see stamp.go). Ids of experiments and runs are texts; the empty one is the experiment Default.

-- Each entry that tells what became of a run; runs is what they come to.
CREATE TABLE run_changes (
    run        TEXT NOT NULL,
    at         BLOB NOT NULL,
    session    TEXT NOT NULL,
    execution  TEXT NOT NULL,
    experiment TEXT NOT NULL,
    parent     TEXT NOT NULL,
    name       TEXT NOT NULL,
    status     TEXT NOT NULL,
    stage      TEXT NOT NULL,
    user       TEXT NOT NULL,
    source     TEXT NOT NULL,
    started    TEXT NOT NULL,
    ended      TEXT NOT NULL,
    PRIMARY KEY (run, at)
) WITHOUT ROWID;

CREATE TABLE runs (
    id         TEXT NOT NULL PRIMARY KEY,
    experiment TEXT NOT NULL,
    parent     TEXT NOT NULL,
    session    TEXT NOT NULL,
    execution  TEXT NOT NULL,
    name       TEXT NOT NULL,
    status     TEXT NOT NULL, -- scheduled, running, finished, failed or killed
    stage      TEXT NOT NULL, -- active or deleted
    user       TEXT NOT NULL,
    source     TEXT NOT NULL,
    started    TEXT NOT NULL,
    ended      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_experiment ON runs (experiment, stage);
CREATE INDEX runs_session ON runs (session);

-- Which cell executions a run has something from.
CREATE TABLE run_executions (
    run       TEXT NOT NULL,
    session   TEXT NOT NULL,
    execution TEXT NOT NULL,
    first     TEXT NOT NULL, -- time of its first entry
    PRIMARY KEY (run, session, execution)
) WITHOUT ROWID;

CREATE TABLE params (
    key    TEXT NOT NULL,
    run    TEXT NOT NULL,
    value  TEXT NOT NULL,
    number REAL,          -- the value, where it is one
    type   TEXT NOT NULL, -- text, int, float, bool or json
    at     BLOB NOT NULL,
    PRIMARY KEY (key, run)
) WITHOUT ROWID;
CREATE INDEX params_run ON params (run);

CREATE TABLE tags (
    key     TEXT    NOT NULL,
    run     TEXT    NOT NULL,
    value   TEXT    NOT NULL,
    removed INTEGER NOT NULL, -- was taken away: no tag any more
    at      BLOB    NOT NULL,
    PRIMARY KEY (key, run)
) WITHOUT ROWID;
CREATE INDEX tags_run ON tags (run);

-- The last point of each series: of the highest step, then time, then value.
CREATE TABLE metrics (
    key    TEXT    NOT NULL,
    run    TEXT    NOT NULL,
    value  REAL,              -- NULL: not a number
    step   INTEGER NOT NULL,
    time   INTEGER NOT NULL,  -- nanoseconds since 1970
    bits   INTEGER NOT NULL,  -- the value as IEEE 754 has it
    points INTEGER NOT NULL,  -- of the series
    PRIMARY KEY (key, run)
) WITHOUT ROWID;
CREATE INDEX metrics_run ON metrics (run);

-- Points of series, some thousands in a row (see chunk.go): as they were logged (level 0), or thinned out, each level
-- sixteen times more than the one below it.
CREATE TABLE series (
    run       TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    level     INTEGER NOT NULL,
    journal   TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    at        BLOB    NOT NULL, -- of the journal's first entry of this series
    points    INTEGER NOT NULL,
    low_step  INTEGER NOT NULL,
    high_step INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    data      BLOB    NOT NULL,
    PRIMARY KEY (run, key, level, journal, n)
);

CREATE TABLE inputs (
    run         TEXT NOT NULL,
    name        TEXT NOT NULL,
    digest      TEXT NOT NULL, -- the client's own
    source_type TEXT NOT NULL,
    source      TEXT NOT NULL,
    schema      TEXT NOT NULL,
    profile     TEXT NOT NULL,
    tags        TEXT NOT NULL, -- a JSON array
    at          BLOB NOT NULL,
    PRIMARY KEY (run, name, digest)
) WITHOUT ROWID;

CREATE TABLE artifacts (
    run     TEXT    NOT NULL,
    path    TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    media   TEXT    NOT NULL,
    digest  TEXT    NOT NULL, -- of a file
    tree    TEXT    NOT NULL, -- of a folder: digest of a document
    files   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    logged  TEXT    NOT NULL,
    removed INTEGER NOT NULL, -- was taken away, with all below it
    at      BLOB    NOT NULL,
    PRIMARY KEY (run, path)
) WITHOUT ROWID;

CREATE TABLE absorbed (
    log TEXT    NOT NULL,
    run TEXT    NOT NULL,
    end INTEGER NOT NULL, -- how many of the log's bytes are recorded, as far as they are of the run
    PRIMARY KEY (log, run)
) WITHOUT ROWID;

-- Each entry about experiments, models and views; the tables below are what they come to.
CREATE TABLE changes (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL, -- id or name
    at      BLOB NOT NULL,
    renamed TEXT NOT NULL, -- of a model
    entry   TEXT NOT NULL, -- the line
    logged  BLOB,          -- the blob; NULL: there is none, or it cannot be read
    PRIMARY KEY (kind, subject, at)
) WITHOUT ROWID;
CREATE INDEX changes_renamed ON changes (kind, renamed) WHERE renamed <> '';

CREATE TABLE experiments (
    id      TEXT NOT NULL PRIMARY KEY,
    name    TEXT NOT NULL,
    stage   TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    tags    TEXT NOT NULL -- a JSON array
) WITHOUT ROWID;
CREATE INDEX experiments_name ON experiments (name);

CREATE TABLE models (
    name        TEXT NOT NULL PRIMARY KEY,
    stage       TEXT NOT NULL,
    created     TEXT NOT NULL,
    updated     TEXT NOT NULL,
    description TEXT NOT NULL,
    tags        TEXT NOT NULL, -- JSON arrays
    aliases     TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE model_versions (
    model       TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    stage       TEXT    NOT NULL,
    created     TEXT    NOT NULL,
    updated     TEXT    NOT NULL,
    description TEXT    NOT NULL,
    run         TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    deployment  TEXT    NOT NULL,
    tags        TEXT    NOT NULL,
    PRIMARY KEY (model, version)
) WITHOUT ROWID;
CREATE INDEX model_versions_run ON model_versions (run);

CREATE TABLE views (
    name  TEXT NOT NULL PRIMARY KEY,
    query BLOB NOT NULL,
    saved TEXT NOT NULL
) WITHOUT ROWID;

-- Blobs of entries about runs that could not be read when the entry was projected; they are asked for again.
CREATE TABLE unread (
    journal TEXT    NOT NULL,
    entry   INTEGER NOT NULL,
    digest  TEXT    NOT NULL,
    PRIMARY KEY (journal, entry, digest)
) WITHOUT ROWID;

-- What readers keep in memory is told by these which runs are other than they were; nothing else may depend on them.
CREATE TABLE run_news (
    run TEXT    NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX run_news_seq ON run_news (seq);
CREATE TABLE news (
    generation INTEGER NOT NULL, -- goes up when all is made anew
    seq        INTEGER NOT NULL  -- goes up with each transaction that changes a run
);
INSERT INTO news VALUES (1, 0);

ALTER TABLE journals ADD COLUMN runs INTEGER NOT NULL DEFAULT 0; -- it has entries about runs
CREATE INDEX code_states_session ON code_states (session);

DELETE FROM sessions;
DELETE FROM cells;
DELETE FROM outputs;
DELETE FROM interrupts;
DELETE FROM gaps;
DELETE FROM environments;
DELETE FROM code_states;
DELETE FROM observations;
DELETE FROM snapshots;
DELETE FROM removals;
DELETE FROM journals;
