-- The widest User, Group and EnterpriseUser of RFC 7643 over tables of their own: what conformance is measured on,
-- and a schema to copy from when an application has no tables for people yet. It starts empty.
--
-- Times are ISO 8601 in UTC with milliseconds, so that their order as text is their order in time.

CREATE TABLE person (
  person_id          TEXT NOT NULL PRIMARY KEY,          -- a UUID that the bridge makes
  user_name          TEXT NOT NULL,
  external_id        TEXT,
  formatted          TEXT,
  family_name        TEXT,
  given_name         TEXT,
  middle_name        TEXT,
  honorific_prefix   TEXT,
  honorific_suffix   TEXT,
  display_name       TEXT,
  nick_name          TEXT,
  profile_url        TEXT,
  title              TEXT,
  user_type          TEXT,
  preferred_language TEXT,
  locale             TEXT,
  timezone           TEXT,
  active             INTEGER CHECK (active IN (0, 1)),   -- NULL: nobody has said
  password_hash      TEXT,
  employee_number    TEXT,
  cost_center        TEXT,
  organization       TEXT,
  division           TEXT,
  department         TEXT,
  manager_id         TEXT REFERENCES person (person_id) ON DELETE SET NULL,
  created_at         TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  changed_at         TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  rev                INTEGER NOT NULL DEFAULT 1
);
-- NOCASE folds ASCII only; for the rest of Unicode the bridge looks inside the same transaction.
CREATE UNIQUE INDEX person_user_name ON person (user_name COLLATE NOCASE);
CREATE INDEX person_external_id ON person (external_id);
CREATE INDEX person_manager ON person (manager_id);

-- Every multi-valued attribute is a table of rows. Nothing in them is unique: a person may hold two work addresses, or
-- the same address under two types. The row's own key keeps the order in which the values came.

-- E-mail addresses.
CREATE TABLE person_email (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_email_person ON person_email (person_id);
CREATE INDEX person_email_value ON person_email (value);

-- Telephone numbers, kept as sent.
CREATE TABLE person_phone (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_phone_person ON person_phone (person_id);
CREATE INDEX person_phone_value ON person_phone (value);

-- Instant messaging addresses.
CREATE TABLE person_im (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_im_person ON person_im (person_id);
CREATE INDEX person_im_value ON person_im (value);

-- URLs of photos.
CREATE TABLE person_photo (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_photo_person ON person_photo (person_id);
CREATE INDEX person_photo_value ON person_photo (value);

-- Entitlements.
CREATE TABLE person_entitlement (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_entitlement_person ON person_entitlement (person_id);
CREATE INDEX person_entitlement_value ON person_entitlement (value);

-- Roles: plain words, not teams.
CREATE TABLE person_role (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_role_person ON person_role (person_id);
CREATE INDEX person_role_value ON person_role (value);

-- X.509 certificates: the base64 text of the DER.
CREATE TABLE person_certificate (
  row_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id  TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  value      TEXT,
  display    TEXT,
  type       TEXT,
  is_primary INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_certificate_person ON person_certificate (person_id);
CREATE INDEX person_certificate_value ON person_certificate (value);

-- Postal addresses.
CREATE TABLE person_address (
  row_id         INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id      TEXT NOT NULL REFERENCES person (person_id) ON DELETE CASCADE,
  formatted      TEXT,
  street_address TEXT,
  locality       TEXT,
  region         TEXT,
  postal_code    TEXT,
  country        TEXT,
  type           TEXT,
  is_primary     INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX person_address_person ON person_address (person_id);

CREATE TABLE team (
  team_id      TEXT NOT NULL PRIMARY KEY,                -- a UUID that the bridge makes
  display_name TEXT NOT NULL,
  external_id  TEXT,
  created_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  changed_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  rev          INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX team_display_name ON team (display_name COLLATE NOCASE);
CREATE INDEX team_external_id ON team (external_id);

-- A member is a person or another team, never both.
CREATE TABLE team_member (
  team_id   TEXT NOT NULL REFERENCES team (team_id) ON DELETE CASCADE,
  person_id TEXT REFERENCES person (person_id) ON DELETE CASCADE,
  child_id  TEXT REFERENCES team (team_id) ON DELETE CASCADE,
  CHECK ((person_id IS NULL) <> (child_id IS NULL))
);
CREATE UNIQUE INDEX team_member_person ON team_member (team_id, person_id) WHERE person_id IS NOT NULL;
CREATE UNIQUE INDEX team_member_child ON team_member (team_id, child_id) WHERE child_id IS NOT NULL;
CREATE INDEX team_member_of_person ON team_member (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX team_member_of_child ON team_member (child_id) WHERE child_id IS NOT NULL;

-- One column for each attribute of the TestResource, which is nobody's: what a client is tested with.
CREATE TABLE test_resource (
  test_resource_id       TEXT NOT NULL PRIMARY KEY,          -- a UUID that the bridge makes
  external_id       TEXT,
  identifier        TEXT NOT NULL,
  case_exact        TEXT,
  case_insensitive  TEXT,
  whole_number      INTEGER,
  flag              INTEGER CHECK (flag IN (0, 1)),
  moment            TEXT,
  bytes             BLOB,
  uri               TEXT,
  read_only         TEXT,
  immutable         TEXT,
  write_only        TEXT,
  request_only      TEXT,
  always_returned   TEXT,
  part_text         TEXT,
  part_number       INTEGER,
  part_flag         INTEGER CHECK (part_flag IN (0, 1)),
  unique_text       TEXT,
  ext_text          TEXT,
  ext_required      TEXT NOT NULL,
  ext_number        INTEGER,
  created_at        TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  changed_at        TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  rev               INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX test_resource_identifier ON test_resource (identifier COLLATE NOCASE);
CREATE UNIQUE INDEX test_resource_unique_text ON test_resource (unique_text);
CREATE INDEX test_resource_external_id ON test_resource (external_id);

-- Several texts.
CREATE TABLE test_resource_string (
  row_id           INTEGER PRIMARY KEY AUTOINCREMENT,
  test_resource_id TEXT NOT NULL REFERENCES test_resource (test_resource_id) ON DELETE CASCADE,
  value            TEXT
);
CREATE INDEX test_resource_string_resource ON test_resource_string (test_resource_id);

-- Several values with a type.
CREATE TABLE test_resource_value (
  row_id           INTEGER PRIMARY KEY AUTOINCREMENT,
  test_resource_id TEXT NOT NULL REFERENCES test_resource (test_resource_id) ON DELETE CASCADE,
  value            TEXT,
  type             TEXT,
  is_primary       INTEGER CHECK (is_primary IN (0, 1))
);
CREATE INDEX test_resource_value_resource ON test_resource_value (test_resource_id);

-- What follows is the application's own version, kept by the database, so that whoever writes moves it.
--
-- rev goes up by one for each row that really changed: the person's own or one that belongs to it. An update to what is
-- there already moves nothing. People do not change when a team takes them in: the row belongs to the team.
--
-- changed_at only ever grows, by a millisecond at least, also when the clock stands still or is set back. Every change
-- moves it but one: a row added beside the person or the team, for that cannot be told from the last steps of a
-- creation, and what was never modified has lastModified = created (RFC 7643 section 3.1).
-- Whoever adds rows stamps their owner; the mapping does so with `set: { write: { changed_at: { now: iso } } }`.
--
-- The triggers set rev and changed_at and guard themselves against what they set, whatever recursive_triggers says.

CREATE TRIGGER person_inserted AFTER INSERT ON person
WHEN NEW.created_at > NEW.changed_at
BEGIN
  UPDATE person SET created_at = changed_at WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_changed AFTER UPDATE OF
  user_name, external_id, formatted, family_name, given_name, middle_name, honorific_prefix, honorific_suffix,
  display_name, nick_name, profile_url, title, user_type, preferred_language, locale, timezone, active,
  password_hash, employee_number, cost_center, organization, division, department, manager_id ON person
WHEN OLD.user_name IS NOT NEW.user_name OR OLD.external_id IS NOT NEW.external_id OR
  OLD.formatted IS NOT NEW.formatted OR OLD.family_name IS NOT NEW.family_name OR
  OLD.given_name IS NOT NEW.given_name OR OLD.middle_name IS NOT NEW.middle_name OR
  OLD.honorific_prefix IS NOT NEW.honorific_prefix OR OLD.honorific_suffix IS NOT NEW.honorific_suffix OR
  OLD.display_name IS NOT NEW.display_name OR OLD.nick_name IS NOT NEW.nick_name OR
  OLD.profile_url IS NOT NEW.profile_url OR OLD.title IS NOT NEW.title OR OLD.user_type IS NOT NEW.user_type OR
  OLD.preferred_language IS NOT NEW.preferred_language OR OLD.locale IS NOT NEW.locale OR
  OLD.timezone IS NOT NEW.timezone OR OLD.active IS NOT NEW.active OR
  OLD.password_hash IS NOT NEW.password_hash OR OLD.employee_number IS NOT NEW.employee_number OR
  OLD.cost_center IS NOT NEW.cost_center OR OLD.organization IS NOT NEW.organization OR
  OLD.division IS NOT NEW.division OR OLD.department IS NOT NEW.department OR
  OLD.manager_id IS NOT NEW.manager_id
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
  UPDATE person SET changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = NEW.person_id AND changed_at <= OLD.changed_at;
END;
CREATE TRIGGER person_stamped AFTER UPDATE OF changed_at ON person
WHEN NEW.changed_at <= OLD.changed_at
BEGIN
  UPDATE person SET changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', OLD.changed_at, '+0.001 seconds'))
    WHERE person_id = NEW.person_id AND changed_at <= OLD.changed_at;
END;

CREATE TRIGGER person_email_inserted AFTER INSERT ON person_email
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_email_updated AFTER UPDATE ON person_email
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_email_deleted AFTER DELETE ON person_email
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_phone_inserted AFTER INSERT ON person_phone
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_phone_updated AFTER UPDATE ON person_phone
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_phone_deleted AFTER DELETE ON person_phone
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_im_inserted AFTER INSERT ON person_im
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_im_updated AFTER UPDATE ON person_im
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_im_deleted AFTER DELETE ON person_im
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_photo_inserted AFTER INSERT ON person_photo
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_photo_updated AFTER UPDATE ON person_photo
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_photo_deleted AFTER DELETE ON person_photo
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_entitlement_inserted AFTER INSERT ON person_entitlement
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_entitlement_updated AFTER UPDATE ON person_entitlement
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_entitlement_deleted AFTER DELETE ON person_entitlement
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_role_inserted AFTER INSERT ON person_role
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_role_updated AFTER UPDATE ON person_role
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_role_deleted AFTER DELETE ON person_role
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_certificate_inserted AFTER INSERT ON person_certificate
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_certificate_updated AFTER UPDATE ON person_certificate
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.value IS NOT NEW.value OR OLD.display IS NOT NEW.display OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_certificate_deleted AFTER DELETE ON person_certificate
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER person_address_inserted AFTER INSERT ON person_address
BEGIN
  UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
END;
CREATE TRIGGER person_address_updated AFTER UPDATE ON person_address
WHEN OLD.person_id IS NOT NEW.person_id OR OLD.formatted IS NOT NEW.formatted OR
  OLD.street_address IS NOT NEW.street_address OR OLD.locality IS NOT NEW.locality OR
  OLD.region IS NOT NEW.region OR OLD.postal_code IS NOT NEW.postal_code OR OLD.country IS NOT NEW.country OR
  OLD.type IS NOT NEW.type OR OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id IN (OLD.person_id, NEW.person_id);
END;
CREATE TRIGGER person_address_deleted AFTER DELETE ON person_address
BEGIN
  UPDATE person SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE person_id = OLD.person_id;
END;

CREATE TRIGGER team_inserted AFTER INSERT ON team
WHEN NEW.created_at > NEW.changed_at
BEGIN
  UPDATE team SET created_at = changed_at WHERE team_id = NEW.team_id;
END;
CREATE TRIGGER team_changed AFTER UPDATE OF
  display_name, external_id ON team
WHEN OLD.display_name IS NOT NEW.display_name OR OLD.external_id IS NOT NEW.external_id
BEGIN
  UPDATE team SET rev = rev + 1 WHERE team_id = NEW.team_id;
  UPDATE team SET changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE team_id = NEW.team_id AND changed_at <= OLD.changed_at;
END;
CREATE TRIGGER team_stamped AFTER UPDATE OF changed_at ON team
WHEN NEW.changed_at <= OLD.changed_at
BEGIN
  UPDATE team SET changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', OLD.changed_at, '+0.001 seconds'))
    WHERE team_id = NEW.team_id AND changed_at <= OLD.changed_at;
END;

CREATE TRIGGER team_member_inserted AFTER INSERT ON team_member
BEGIN
  UPDATE team SET rev = rev + 1 WHERE team_id = NEW.team_id;
END;
CREATE TRIGGER team_member_updated AFTER UPDATE ON team_member
WHEN OLD.team_id IS NOT NEW.team_id OR OLD.person_id IS NOT NEW.person_id OR OLD.child_id IS NOT NEW.child_id
BEGIN
  UPDATE team SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE team_id IN (OLD.team_id, NEW.team_id);
END;
CREATE TRIGGER team_member_deleted AFTER DELETE ON team_member
BEGIN
  UPDATE team SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE team_id = OLD.team_id;
END;

CREATE TRIGGER test_resource_inserted AFTER INSERT ON test_resource
WHEN NEW.created_at > NEW.changed_at
BEGIN
  UPDATE test_resource SET created_at = changed_at WHERE test_resource_id = NEW.test_resource_id;
END;
CREATE TRIGGER test_resource_changed AFTER UPDATE OF
  external_id, identifier, case_exact, case_insensitive, whole_number, flag, moment, bytes, uri, read_only,
  immutable, write_only, request_only, always_returned, part_text, part_number, part_flag, unique_text, ext_text,
  ext_required, ext_number ON test_resource
WHEN OLD.external_id IS NOT NEW.external_id OR OLD.identifier IS NOT NEW.identifier OR
  OLD.case_exact IS NOT NEW.case_exact OR OLD.case_insensitive IS NOT NEW.case_insensitive OR
  OLD.whole_number IS NOT NEW.whole_number OR OLD.flag IS NOT NEW.flag OR OLD.moment IS NOT NEW.moment OR
  OLD.bytes IS NOT NEW.bytes OR OLD.uri IS NOT NEW.uri OR OLD.read_only IS NOT NEW.read_only OR
  OLD.immutable IS NOT NEW.immutable OR OLD.write_only IS NOT NEW.write_only OR
  OLD.request_only IS NOT NEW.request_only OR OLD.always_returned IS NOT NEW.always_returned OR
  OLD.part_text IS NOT NEW.part_text OR OLD.part_number IS NOT NEW.part_number OR
  OLD.part_flag IS NOT NEW.part_flag OR OLD.unique_text IS NOT NEW.unique_text OR OLD.ext_text IS NOT NEW.ext_text OR
  OLD.ext_required IS NOT NEW.ext_required OR OLD.ext_number IS NOT NEW.ext_number
BEGIN
  UPDATE test_resource SET rev = rev + 1 WHERE test_resource_id = NEW.test_resource_id;
  UPDATE test_resource SET changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE test_resource_id = NEW.test_resource_id AND changed_at <= OLD.changed_at;
END;
CREATE TRIGGER test_resource_stamped AFTER UPDATE OF changed_at ON test_resource
WHEN NEW.changed_at <= OLD.changed_at
BEGIN
  UPDATE test_resource SET changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', OLD.changed_at, '+0.001 seconds'))
    WHERE test_resource_id = NEW.test_resource_id AND changed_at <= OLD.changed_at;
END;

CREATE TRIGGER test_resource_string_inserted AFTER INSERT ON test_resource_string
BEGIN
  UPDATE test_resource SET rev = rev + 1 WHERE test_resource_id = NEW.test_resource_id;
END;
CREATE TRIGGER test_resource_string_updated AFTER UPDATE ON test_resource_string
WHEN OLD.test_resource_id IS NOT NEW.test_resource_id OR OLD.value IS NOT NEW.value
BEGIN
  UPDATE test_resource SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE test_resource_id IN (OLD.test_resource_id, NEW.test_resource_id);
END;
CREATE TRIGGER test_resource_string_deleted AFTER DELETE ON test_resource_string
BEGIN
  UPDATE test_resource SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE test_resource_id = OLD.test_resource_id;
END;

CREATE TRIGGER test_resource_value_inserted AFTER INSERT ON test_resource_value
BEGIN
  UPDATE test_resource SET rev = rev + 1 WHERE test_resource_id = NEW.test_resource_id;
END;
CREATE TRIGGER test_resource_value_updated AFTER UPDATE ON test_resource_value
WHEN OLD.test_resource_id IS NOT NEW.test_resource_id OR OLD.value IS NOT NEW.value OR OLD.type IS NOT NEW.type OR
  OLD.is_primary IS NOT NEW.is_primary
BEGIN
  UPDATE test_resource SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE test_resource_id IN (OLD.test_resource_id, NEW.test_resource_id);
END;
CREATE TRIGGER test_resource_value_deleted AFTER DELETE ON test_resource_value
BEGIN
  UPDATE test_resource SET rev = rev + 1, changed_at =
    max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+0.001 seconds'))
    WHERE test_resource_id = OLD.test_resource_id;
END;
