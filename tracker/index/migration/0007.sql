-- The params, metrics and tags that runs have: a page asks for them before it shows a run, and counting them anew takes as long as reading all.
CREATE TABLE fields (
    space TEXT    NOT NULL,
    key   TEXT    NOT NULL,
    runs  INTEGER NOT NULL, -- that have it, in whatever stage
    texts INTEGER NOT NULL, -- of these, with a value that is no number
    PRIMARY KEY (space, key)
) WITHOUT ROWID;

INSERT INTO fields SELECT 'metrics', key, count(*), 0 FROM metrics GROUP BY key;
INSERT INTO fields SELECT 'params', key, count(*), sum(number IS NULL) FROM params GROUP BY key;
INSERT INTO fields SELECT 'tags', key, count(*), count(*) FROM tags WHERE removed = 0 GROUP BY key;
