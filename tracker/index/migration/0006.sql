-- Lists of cell executions are chosen from these alone, at any depth: their rows are read afterwards.
DROP INDEX IF EXISTS cells_started;
DROP INDEX IF EXISTS cells_session;
CREATE INDEX IF NOT EXISTS cells_list ON cells (started, journal, entry, status, session, notebook);
CREATE INDEX IF NOT EXISTS cells_order ON cells (session, started, journal, entry, cell_id);
CREATE INDEX IF NOT EXISTS cells_notebook ON cells (notebook, cell_id, started, journal, entry);
