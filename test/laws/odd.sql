-- Shapes that the kit does not have: text keys, JSON lists, bits, a name in one column, a manager by login, one group a person.
CREATE TABLE grp (id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL);
CREATE TABLE account (
  login TEXT PRIMARY KEY NOT NULL,
  full_name TEXT,
  nick TEXT,
  suspended INTEGER,
  flags INTEGER,
  main_mail TEXT,
  mails TEXT,
  tel TEXT,
  street TEXT,
  city TEXT,
  boss TEXT,
  grp_id INTEGER REFERENCES grp (id),
  born INTEGER,
  hired TEXT
);
