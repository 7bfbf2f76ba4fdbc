-- On what cells ran: environments, code states, observed files, snapshots; and bytes that were taken out.
-- The journals are projected anew, since what these tables hold stood in entries that were passed over.

CREATE TABLE environments (
    journal     TEXT    NOT NULL,
    entry       INTEGER NOT NULL,
    session     TEXT    NOT NULL,
    time        TEXT    NOT NULL,
    environment TEXT    NOT NULL, -- digest of a document
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX environments_session ON environments (session);

CREATE TABLE code_states (
    journal    TEXT    NOT NULL,
    entry      INTEGER NOT NULL,
    session    TEXT    NOT NULL,
    execution  TEXT    NOT NULL,
    time       TEXT    NOT NULL,
    repository TEXT    NOT NULL,
    "commit"  TEXT    NOT NULL,
    branch     TEXT    NOT NULL,
    remote     TEXT    NOT NULL,
    tags       TEXT    NOT NULL, -- a JSON array
    flags      TEXT    NOT NULL, -- a JSON array
    dirty      INTEGER NOT NULL, -- how many paths differ from the commit
    changes    TEXT    NOT NULL, -- digest of a document
    missing    TEXT    NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX code_states_execution ON code_states (execution);
CREATE INDEX code_states_commit ON code_states ("commit");

CREATE TABLE observations (
    journal   TEXT    NOT NULL,
    entry     INTEGER NOT NULL,
    session   TEXT    NOT NULL,
    execution TEXT    NOT NULL,
    time      TEXT    NOT NULL,
    observed  TEXT    NOT NULL, -- digest of a document
    read      INTEGER NOT NULL,
    written   INTEGER NOT NULL,
    processes INTEGER NOT NULL,
    hosts     INTEGER NOT NULL,
    missing   TEXT    NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX observations_execution ON observations (execution);

CREATE TABLE snapshots (
    journal   TEXT    NOT NULL,
    entry     INTEGER NOT NULL,
    id        TEXT    NOT NULL,
    session   TEXT    NOT NULL,
    execution TEXT    NOT NULL,
    started   TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    tree      TEXT    NOT NULL, -- digest of a document
    files     INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    profile   TEXT    NOT NULL, -- digest of a document
    checks    TEXT    NOT NULL, -- digest of a document
    failed    INTEGER NOT NULL,
    owner     TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    licence   TEXT    NOT NULL,
    sensitive TEXT    NOT NULL,
    missing   TEXT    NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX snapshots_id ON snapshots (id);
CREATE INDEX snapshots_name ON snapshots (name);
CREATE INDEX snapshots_started ON snapshots (started, journal, entry);

CREATE TABLE removals (
    journal TEXT    NOT NULL,
    entry   INTEGER NOT NULL,
    time    TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    remote  TEXT    NOT NULL,
    "by"   TEXT    NOT NULL,
    removed TEXT    NOT NULL, -- digest of a document
    count   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;

ALTER TABLE cells ADD COLUMN go_mod TEXT NOT NULL DEFAULT ''; -- digest
ALTER TABLE cells ADD COLUMN go_sum TEXT NOT NULL DEFAULT ''; -- digest
ALTER TABLE cells ADD COLUMN redactions INTEGER NOT NULL DEFAULT 0; -- secrets that were taken out before anything was written
ALTER TABLE cells ADD COLUMN redacted TEXT NOT NULL DEFAULT ''; -- the rules that found them

DELETE FROM sessions;
DELETE FROM cells;
DELETE FROM outputs;
DELETE FROM interrupts;
DELETE FROM gaps;
DELETE FROM journals;
