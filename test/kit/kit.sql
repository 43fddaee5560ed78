-- The tables of the contract kit. Rows of company 8 lie outside the mapping: no client may see or change them.
CREATE TABLE dept (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO dept (id, name) VALUES (1, 'Sales'), (2, 'Research');

CREATE TABLE person (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  company_id INTEGER NOT NULL,
  login TEXT NOT NULL,
  family TEXT,
  given TEXT,
  shown TEXT,
  title TEXT,
  nick TEXT,
  kind TEXT,
  enabled INTEGER,
  phone TEXT,
  mobile TEXT,
  tags TEXT,
  number TEXT,
  dept_id INTEGER REFERENCES dept (id),
  manager_id INTEGER REFERENCES person (id),
  token TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  badge INTEGER,
  score REAL,
  hired TEXT,
  code TEXT
);

CREATE TABLE account (person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE, locale TEXT, zone TEXT);

CREATE TABLE mail (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  address TEXT,
  kind TEXT,
  is_main INTEGER
);

CREATE TABLE person_meta (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT,
  PRIMARY KEY (person_id, name)
);

CREATE TABLE team (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  company_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

CREATE TABLE team_member (
  team_id INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  person_id INTEGER REFERENCES person (id) ON DELETE CASCADE,
  child_id INTEGER REFERENCES team (id) ON DELETE CASCADE,
  UNIQUE (team_id, person_id),
  UNIQUE (team_id, child_id)
);

CREATE TABLE device (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  deleted_at TEXT
);

CREATE TABLE device_owner (
  device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  PRIMARY KEY (device_id, person_id)
);

CREATE TABLE locker (room TEXT NOT NULL, place INTEGER NOT NULL, note TEXT, PRIMARY KEY (room, place));

INSERT INTO person (id, company_id, login, token, created_at, updated_at)
VALUES (900, 8, 'outsider', 'x', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z');
INSERT INTO team (id, company_id, name, updated_at) VALUES (900, 8, 'Outside', '2020-01-01T00:00:00Z');
