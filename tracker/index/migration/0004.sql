-- What cell executions used of the machine. Bytes, nanoseconds, joules; 0 is nothing, or not known: missing tells.
CREATE TABLE usage (
    journal          TEXT    NOT NULL,
    entry            INTEGER NOT NULL,
    session          TEXT    NOT NULL,
    execution        TEXT    NOT NULL,
    time             TEXT    NOT NULL,
    user_cpu_ns      INTEGER NOT NULL,
    system_cpu_ns    INTEGER NOT NULL,
    memory           INTEGER NOT NULL,
    disk_read        INTEGER NOT NULL,
    disk_written     INTEGER NOT NULL,
    received         INTEGER NOT NULL,
    sent             INTEGER NOT NULL,
    machine_received INTEGER NOT NULL,
    machine_sent     INTEGER NOT NULL,
    energy_j         REAL    NOT NULL,
    gpu_energy_j     REAL    NOT NULL,
    samples          INTEGER NOT NULL,
    sampled_ns       INTEGER NOT NULL,
    devices          TEXT    NOT NULL, -- digest: a line for each GPU
    missing          TEXT    NOT NULL, -- a JSON array of texts
    PRIMARY KEY (journal, entry)
) WITHOUT ROWID;
CREATE INDEX usage_execution ON usage (execution);
