-- The widest User, Group and EnterpriseUser of RFC 7643 over tables of their own, for MySQL (8.0.16 or later) and MariaDB
-- (10.6 or later): what conformance is measured on, and a schema to copy from when an application has no tables for
-- people yet. It starts empty.
--
-- Text is utf8mb4, so that every character fits, under utf8mb4_unicode_520_ci. That collation takes more texts for equal
-- than SCIM does (jose, José and JOSE are one to it) and hardly any for different that SCIM takes for equal: an index
-- under it finds all candidates, and the bridge compares these once more by SCIM's rule. Of the collations that MySQL and
-- MariaDB have in common it is the one that knows most of Unicode. What is compared exactly is ascii or utf8mb4_bin.
--
-- Times are in UTC, to the millisecond: DATETIME, which no session's time zone bends and which has no end in 2038.

SET NAMES utf8mb4;

CREATE TABLE person (
  person_id          VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- a UUID that the bridge makes
  user_name          VARCHAR(255) NOT NULL,
  external_id        VARCHAR(255) COLLATE utf8mb4_bin,
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
  active             TINYINT(1) CHECK (active IN (0, 1)),   -- NULL: nobody has said
  password_hash      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
  employee_number    VARCHAR(255),
  cost_center        TEXT,
  organization       TEXT,
  division           TEXT,
  department         TEXT,
  manager_id         VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  created_at         DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
  changed_at         DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
  rev                BIGINT NOT NULL DEFAULT 1,

  -- Two people may be called jose and José, so a unique index cannot stand on user_name itself. This is the form in which
  -- SCIM compares names without regard to case, as bytes: lower case, all accents and blanks as they are. LOWER() makes
  -- a plain i of İ (U+0130), where Unicode has an i and a dot above (U+0307); nowhere else is it too coarse.
  user_name_key VARBINARY(1020) AS (CAST(LOWER(REPLACE(user_name, 'İ', 'i̇')) AS BINARY)) STORED,

  UNIQUE KEY person_user_name (user_name_key),
  KEY person_user_name_text (user_name),
  KEY person_external_id (external_id),
  KEY person_employee_number (employee_number),
  KEY person_manager (manager_id),
  CONSTRAINT person_manager_exists FOREIGN KEY (manager_id) REFERENCES person (person_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Every multi-valued attribute is a table of rows. Nothing in them is unique: a person may hold two work addresses, or
-- the same address under two types. The row's own key keeps the order in which the values came.
--
-- These rows go with their person by a cascade. No other foreign key here has one: InnoDB fires no trigger for what a
-- cascade does, and a manager or a member who vanishes must move the version of those who pointed at them. Who deletes
-- a person takes the references away first, as the bridge does.

-- E-mail addresses.
CREATE TABLE person_email (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      VARCHAR(1024),
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_email_person (person_id),
  KEY person_email_value (value(255)),
  CONSTRAINT person_email_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Telephone numbers, kept as sent.
CREATE TABLE person_phone (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      VARCHAR(1024),
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_phone_person (person_id),
  KEY person_phone_value (value(255)),
  CONSTRAINT person_phone_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Instant messaging addresses.
CREATE TABLE person_im (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      VARCHAR(1024),
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_im_person (person_id),
  KEY person_im_value (value(255)),
  CONSTRAINT person_im_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- URLs of photos.
CREATE TABLE person_photo (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      TEXT,
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_photo_person (person_id),
  KEY person_photo_value (value(255)),
  CONSTRAINT person_photo_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Entitlements.
CREATE TABLE person_entitlement (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      VARCHAR(1024),
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_entitlement_person (person_id),
  KEY person_entitlement_value (value(255)),
  CONSTRAINT person_entitlement_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Roles: plain words, not teams.
CREATE TABLE person_role (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      VARCHAR(1024),
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_role_person (person_id),
  KEY person_role_value (value(255)),
  CONSTRAINT person_role_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- X.509 certificates: the base64 text of the DER.
CREATE TABLE person_certificate (
  row_id     BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      MEDIUMTEXT,
  display    TEXT,
  type       VARCHAR(255),
  is_primary TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_certificate_person (person_id),
  KEY person_certificate_value (value(255)),
  CONSTRAINT person_certificate_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Postal addresses.
CREATE TABLE person_address (
  row_id         BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id      VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  formatted      TEXT,
  street_address TEXT,
  locality       TEXT,
  region         TEXT,
  postal_code    TEXT,
  country        TEXT,
  type           VARCHAR(255),
  is_primary     TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY person_address_person (person_id),
  CONSTRAINT person_address_of FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE team (
  team_id      VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- a UUID that the bridge makes
  display_name VARCHAR(255) NOT NULL,
  external_id  VARCHAR(255) COLLATE utf8mb4_bin,
  created_at   DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
  changed_at   DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
  rev          BIGINT NOT NULL DEFAULT 1,
  display_name_key VARBINARY(1020) AS (CAST(LOWER(REPLACE(display_name, 'İ', 'i̇')) AS BINARY)) STORED,
  UNIQUE KEY team_display_name (display_name_key),
  KEY team_display_name_text (display_name),
  KEY team_external_id (external_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A member is a person or another team, never both. NULLs are no duplicates of each other, so each unique key speaks of
-- its own kind alone.
CREATE TABLE team_member (
  row_id    BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  team_id   VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  child_id  VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  UNIQUE KEY team_member_person (team_id, person_id),
  UNIQUE KEY team_member_child (team_id, child_id),
  KEY team_member_of_person (person_id),
  KEY team_member_of_child (child_id),
  CONSTRAINT team_member_of FOREIGN KEY (team_id) REFERENCES team (team_id),
  CONSTRAINT team_member_is_person FOREIGN KEY (person_id) REFERENCES person (person_id),
  CONSTRAINT team_member_is_team FOREIGN KEY (child_id) REFERENCES team (team_id),
  CONSTRAINT team_member_is_one CHECK ((person_id IS NULL) <> (child_id IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- One column for each attribute of the TestResource, which is nobody's: what a client is tested with. A unique text is
-- compared as bytes, since utf8mb4_bin takes no notice of blanks at the end.
CREATE TABLE test_resource (
  test_resource_id       VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- a UUID that the bridge makes
  external_id       VARCHAR(255) COLLATE utf8mb4_bin,
  identifier        VARCHAR(255) NOT NULL,
  case_exact        TEXT COLLATE utf8mb4_bin,
  case_insensitive  TEXT,
  whole_number      BIGINT,
  flag              TINYINT(1) CHECK (flag IN (0, 1)),
  moment            DATETIME(6),
  bytes             LONGBLOB,
  uri               TEXT COLLATE utf8mb4_bin,
  read_only         VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  immutable         TEXT,
  write_only        TEXT,
  request_only      TEXT,
  always_returned   TEXT,
  part_text         TEXT,
  part_number       BIGINT,
  part_flag         TINYINT(1) CHECK (part_flag IN (0, 1)),
  unique_text       VARCHAR(255) COLLATE utf8mb4_bin,
  ext_text          TEXT,
  ext_required      TEXT NOT NULL,
  ext_number        BIGINT,
  created_at        DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
  changed_at        DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
  rev               BIGINT NOT NULL DEFAULT 1,
  identifier_key    VARBINARY(1020) AS (CAST(LOWER(REPLACE(identifier, 'İ', 'i̇')) AS BINARY)) STORED,
  unique_text_key   VARBINARY(1020) AS (CAST(unique_text AS BINARY)) STORED,
  UNIQUE KEY test_resource_identifier (identifier_key),
  UNIQUE KEY test_resource_unique_text (unique_text_key),
  KEY test_resource_identifier_text (identifier),
  KEY test_resource_unique_text_text (unique_text),
  KEY test_resource_external_id (external_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Several texts.
CREATE TABLE test_resource_string (
  row_id           BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  test_resource_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value            TEXT,
  KEY test_resource_string_resource (test_resource_id),
  CONSTRAINT test_resource_string_of FOREIGN KEY (test_resource_id) REFERENCES test_resource (test_resource_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Several values with a type.
CREATE TABLE test_resource_value (
  row_id           BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  test_resource_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value            TEXT,
  type             VARCHAR(255),
  is_primary       TINYINT(1) CHECK (is_primary IN (0, 1)),
  KEY test_resource_value_resource (test_resource_id),
  CONSTRAINT test_resource_value_of FOREIGN KEY (test_resource_id) REFERENCES test_resource (test_resource_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What follows is the application's own version, kept by the database, so that whoever writes moves it.
--
-- rev goes up by one for each row that really changed: the person's own or one that belongs to it. An update to what is
-- there already moves nothing. Columns of text are compared as bytes, since Anna and ANNA are the same to the collation
-- and the change is one all the same. People do not change when a team takes them in: the row belongs to the team.
--
-- changed_at only ever grows, by a millisecond at least, also when the clock stands still or is set back. Every change
-- moves it but one: a row added beside the person or the team, for that cannot be told from the last steps of a
-- creation, and what was never modified has lastModified = created (RFC 7643 section 3.1).
-- Whoever adds rows stamps their owner; the mapping does so with `set: { write: { changed_at: { now: datetime } } }`.
--
-- Each body is one statement, so that any client can run this file without DELIMITER.

-- Made this moment: created is what the writer's clock says, if it has said anything. People who are imported bring both.
CREATE TRIGGER person_inserted BEFORE INSERT ON person FOR EACH ROW
SET NEW.created_at = IF(NEW.created_at > NEW.changed_at OR NEW.created_at >= UTC_TIMESTAMP(3), NEW.changed_at, NEW.created_at);

-- @is_same is read by the next two assignments of the same statement only.
CREATE TRIGGER person_changed BEFORE UPDATE ON person FOR EACH ROW
SET
  @is_same =
    CAST(OLD.user_name AS BINARY) <=> CAST(NEW.user_name AS BINARY) AND
    CAST(OLD.external_id AS BINARY) <=> CAST(NEW.external_id AS BINARY) AND
    CAST(OLD.formatted AS BINARY) <=> CAST(NEW.formatted AS BINARY) AND
    CAST(OLD.family_name AS BINARY) <=> CAST(NEW.family_name AS BINARY) AND
    CAST(OLD.given_name AS BINARY) <=> CAST(NEW.given_name AS BINARY) AND
    CAST(OLD.middle_name AS BINARY) <=> CAST(NEW.middle_name AS BINARY) AND
    CAST(OLD.honorific_prefix AS BINARY) <=> CAST(NEW.honorific_prefix AS BINARY) AND
    CAST(OLD.honorific_suffix AS BINARY) <=> CAST(NEW.honorific_suffix AS BINARY) AND
    CAST(OLD.display_name AS BINARY) <=> CAST(NEW.display_name AS BINARY) AND
    CAST(OLD.nick_name AS BINARY) <=> CAST(NEW.nick_name AS BINARY) AND
    CAST(OLD.profile_url AS BINARY) <=> CAST(NEW.profile_url AS BINARY) AND
    CAST(OLD.title AS BINARY) <=> CAST(NEW.title AS BINARY) AND
    CAST(OLD.user_type AS BINARY) <=> CAST(NEW.user_type AS BINARY) AND
    CAST(OLD.preferred_language AS BINARY) <=> CAST(NEW.preferred_language AS BINARY) AND
    CAST(OLD.locale AS BINARY) <=> CAST(NEW.locale AS BINARY) AND
    CAST(OLD.timezone AS BINARY) <=> CAST(NEW.timezone AS BINARY) AND
    OLD.active <=> NEW.active AND
    OLD.password_hash <=> NEW.password_hash AND
    CAST(OLD.employee_number AS BINARY) <=> CAST(NEW.employee_number AS BINARY) AND
    CAST(OLD.cost_center AS BINARY) <=> CAST(NEW.cost_center AS BINARY) AND
    CAST(OLD.organization AS BINARY) <=> CAST(NEW.organization AS BINARY) AND
    CAST(OLD.division AS BINARY) <=> CAST(NEW.division AS BINARY) AND
    CAST(OLD.department AS BINARY) <=> CAST(NEW.department AS BINARY) AND
    OLD.manager_id <=> NEW.manager_id,
  NEW.rev = NEW.rev + (NOT @is_same),
  NEW.changed_at = IF(@is_same AND NEW.changed_at = OLD.changed_at OR NEW.changed_at > OLD.changed_at, NEW.changed_at,
    GREATEST(UTC_TIMESTAMP(3), OLD.changed_at + INTERVAL 1000 MICROSECOND));

CREATE TRIGGER person_email_inserted AFTER INSERT ON person_email FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_email_updated AFTER UPDATE ON person_email FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_email_deleted AFTER DELETE ON person_email FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_phone_inserted AFTER INSERT ON person_phone FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_phone_updated AFTER UPDATE ON person_phone FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_phone_deleted AFTER DELETE ON person_phone FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_im_inserted AFTER INSERT ON person_im FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_im_updated AFTER UPDATE ON person_im FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_im_deleted AFTER DELETE ON person_im FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_photo_inserted AFTER INSERT ON person_photo FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_photo_updated AFTER UPDATE ON person_photo FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_photo_deleted AFTER DELETE ON person_photo FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_entitlement_inserted AFTER INSERT ON person_entitlement FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_entitlement_updated AFTER UPDATE ON person_entitlement FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_entitlement_deleted AFTER DELETE ON person_entitlement FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_role_inserted AFTER INSERT ON person_role FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_role_updated AFTER UPDATE ON person_role FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_role_deleted AFTER DELETE ON person_role FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_certificate_inserted AFTER INSERT ON person_certificate FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_certificate_updated AFTER UPDATE ON person_certificate FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.display AS BINARY) <=> CAST(NEW.display AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_certificate_deleted AFTER DELETE ON person_certificate FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER person_address_inserted AFTER INSERT ON person_address FOR EACH ROW
UPDATE person SET rev = rev + 1 WHERE person_id = NEW.person_id;
CREATE TRIGGER person_address_updated AFTER UPDATE ON person_address FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id IN (OLD.person_id, NEW.person_id) AND NOT (
  OLD.person_id <=> NEW.person_id AND
  CAST(OLD.formatted AS BINARY) <=> CAST(NEW.formatted AS BINARY) AND
  CAST(OLD.street_address AS BINARY) <=> CAST(NEW.street_address AS BINARY) AND
  CAST(OLD.locality AS BINARY) <=> CAST(NEW.locality AS BINARY) AND
  CAST(OLD.region AS BINARY) <=> CAST(NEW.region AS BINARY) AND
  CAST(OLD.postal_code AS BINARY) <=> CAST(NEW.postal_code AS BINARY) AND
  CAST(OLD.country AS BINARY) <=> CAST(NEW.country AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER person_address_deleted AFTER DELETE ON person_address FOR EACH ROW
UPDATE person SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE person_id = OLD.person_id;

CREATE TRIGGER team_inserted BEFORE INSERT ON team FOR EACH ROW
SET NEW.created_at = IF(NEW.created_at > NEW.changed_at OR NEW.created_at >= UTC_TIMESTAMP(3), NEW.changed_at, NEW.created_at);
CREATE TRIGGER team_changed BEFORE UPDATE ON team FOR EACH ROW
SET
  @is_same =
    CAST(OLD.display_name AS BINARY) <=> CAST(NEW.display_name AS BINARY) AND
    CAST(OLD.external_id AS BINARY) <=> CAST(NEW.external_id AS BINARY),
  NEW.rev = NEW.rev + (NOT @is_same),
  NEW.changed_at = IF(@is_same AND NEW.changed_at = OLD.changed_at OR NEW.changed_at > OLD.changed_at, NEW.changed_at,
    GREATEST(UTC_TIMESTAMP(3), OLD.changed_at + INTERVAL 1000 MICROSECOND));

CREATE TRIGGER team_member_inserted AFTER INSERT ON team_member FOR EACH ROW
UPDATE team SET rev = rev + 1 WHERE team_id = NEW.team_id;
CREATE TRIGGER team_member_updated AFTER UPDATE ON team_member FOR EACH ROW
UPDATE team SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE team_id IN (OLD.team_id, NEW.team_id) AND NOT (
  OLD.team_id <=> NEW.team_id AND
  OLD.person_id <=> NEW.person_id AND
  OLD.child_id <=> NEW.child_id);
CREATE TRIGGER team_member_deleted AFTER DELETE ON team_member FOR EACH ROW
UPDATE team SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE team_id = OLD.team_id;

CREATE TRIGGER test_resource_inserted BEFORE INSERT ON test_resource FOR EACH ROW
SET NEW.created_at = IF(NEW.created_at > NEW.changed_at OR NEW.created_at >= UTC_TIMESTAMP(3), NEW.changed_at, NEW.created_at);
CREATE TRIGGER test_resource_changed BEFORE UPDATE ON test_resource FOR EACH ROW
SET
  @is_same =
    CAST(OLD.external_id AS BINARY) <=> CAST(NEW.external_id AS BINARY) AND
    CAST(OLD.identifier AS BINARY) <=> CAST(NEW.identifier AS BINARY) AND
    CAST(OLD.case_exact AS BINARY) <=> CAST(NEW.case_exact AS BINARY) AND
    CAST(OLD.case_insensitive AS BINARY) <=> CAST(NEW.case_insensitive AS BINARY) AND
    OLD.whole_number <=> NEW.whole_number AND
    OLD.flag <=> NEW.flag AND
    OLD.moment <=> NEW.moment AND
    OLD.bytes <=> NEW.bytes AND
    CAST(OLD.uri AS BINARY) <=> CAST(NEW.uri AS BINARY) AND
    OLD.read_only <=> NEW.read_only AND
    CAST(OLD.immutable AS BINARY) <=> CAST(NEW.immutable AS BINARY) AND
    CAST(OLD.write_only AS BINARY) <=> CAST(NEW.write_only AS BINARY) AND
    CAST(OLD.request_only AS BINARY) <=> CAST(NEW.request_only AS BINARY) AND
    CAST(OLD.always_returned AS BINARY) <=> CAST(NEW.always_returned AS BINARY) AND
    CAST(OLD.part_text AS BINARY) <=> CAST(NEW.part_text AS BINARY) AND
    OLD.part_number <=> NEW.part_number AND
    OLD.part_flag <=> NEW.part_flag AND
    CAST(OLD.unique_text AS BINARY) <=> CAST(NEW.unique_text AS BINARY) AND
    CAST(OLD.ext_text AS BINARY) <=> CAST(NEW.ext_text AS BINARY) AND
    CAST(OLD.ext_required AS BINARY) <=> CAST(NEW.ext_required AS BINARY) AND
    OLD.ext_number <=> NEW.ext_number,
  NEW.rev = NEW.rev + (NOT @is_same),
  NEW.changed_at = IF(@is_same AND NEW.changed_at = OLD.changed_at OR NEW.changed_at > OLD.changed_at, NEW.changed_at,
    GREATEST(UTC_TIMESTAMP(3), OLD.changed_at + INTERVAL 1000 MICROSECOND));

CREATE TRIGGER test_resource_string_inserted AFTER INSERT ON test_resource_string FOR EACH ROW
UPDATE test_resource SET rev = rev + 1 WHERE test_resource_id = NEW.test_resource_id;
CREATE TRIGGER test_resource_string_updated AFTER UPDATE ON test_resource_string FOR EACH ROW
UPDATE test_resource SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE test_resource_id IN (OLD.test_resource_id, NEW.test_resource_id) AND NOT (
  OLD.test_resource_id <=> NEW.test_resource_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY));
CREATE TRIGGER test_resource_string_deleted AFTER DELETE ON test_resource_string FOR EACH ROW
UPDATE test_resource SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE test_resource_id = OLD.test_resource_id;

CREATE TRIGGER test_resource_value_inserted AFTER INSERT ON test_resource_value FOR EACH ROW
UPDATE test_resource SET rev = rev + 1 WHERE test_resource_id = NEW.test_resource_id;
CREATE TRIGGER test_resource_value_updated AFTER UPDATE ON test_resource_value FOR EACH ROW
UPDATE test_resource SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE test_resource_id IN (OLD.test_resource_id, NEW.test_resource_id) AND NOT (
  OLD.test_resource_id <=> NEW.test_resource_id AND
  CAST(OLD.value AS BINARY) <=> CAST(NEW.value AS BINARY) AND
  CAST(OLD.type AS BINARY) <=> CAST(NEW.type AS BINARY) AND
  OLD.is_primary <=> NEW.is_primary);
CREATE TRIGGER test_resource_value_deleted AFTER DELETE ON test_resource_value FOR EACH ROW
UPDATE test_resource SET rev = rev + 1, changed_at = GREATEST(UTC_TIMESTAMP(3), changed_at + INTERVAL 1000 MICROSECOND)
WHERE test_resource_id = OLD.test_resource_id;
