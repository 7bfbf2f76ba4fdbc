-- What the code of cells names. No entry had it before.
ALTER TABLE cells ADD COLUMN names TEXT NOT NULL DEFAULT ''; -- digest of a JSON object
