-- The tables of kit.sql as an old MySQL schema has them: every table and many a column of another collation, no unique key
-- on what the mapping calls unique, numbers that are unsigned, flags that are bits, text in CHAR and TEXT.
CREATE TABLE dept (
  id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  KEY ix_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = latin1;
INSERT INTO dept (id, name) VALUES (1, 'Sales'), (2, 'Research');

CREATE TABLE person (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  company_id TINYINT NOT NULL,
  login VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  family VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
  given VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  shown TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci,
  title MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_danish_ci,
  nick VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_turkish_ci,
  kind CHAR(1) CHARACTER SET latin1 COLLATE latin1_swedish_ci,
  enabled BIT(1),
  phone VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_swedish_ci,
  mobile LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_czech_ci,
  tags VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  number VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_spanish2_ci,
  dept_id SMALLINT UNSIGNED,
  manager_id INT UNSIGNED,
  token CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at VARCHAR(40) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  updated_at CHAR(40) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  badge BIGINT,
  score DOUBLE,
  hired DATETIME(3),
  code VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  KEY ix_login (login(100)),
  KEY ix_code (code(100)),
  CONSTRAINT person_dept FOREIGN KEY (dept_id) REFERENCES dept (id),
  CONSTRAINT person_manager FOREIGN KEY (manager_id) REFERENCES person (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb3;

CREATE TABLE account (
  person_id INT UNSIGNED NOT NULL PRIMARY KEY,
  locale VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  zone VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
  CONSTRAINT account_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb3;

CREATE TABLE mail (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id INT UNSIGNED NOT NULL,
  address VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  kind CHAR(1) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  is_main TINYINT(1),
  CONSTRAINT mail_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
) ENGINE = InnoDB AUTO_INCREMENT = 9007199254740993 DEFAULT CHARSET = latin1;

CREATE TABLE person_meta (
  person_id INT UNSIGNED NOT NULL,
  name VARCHAR(30) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  value VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
  PRIMARY KEY (person_id, name),
  CONSTRAINT meta_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

CREATE TABLE team (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  company_id INT NOT NULL,
  name VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  updated_at VARCHAR(40) CHARACTER SET latin1 NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

CREATE TABLE team_member (
  team_id INT NOT NULL,
  person_id INT UNSIGNED,
  child_id INT,
  UNIQUE KEY member_person (team_id, person_id),
  UNIQUE KEY member_child (team_id, child_id),
  CONSTRAINT member_team FOREIGN KEY (team_id) REFERENCES team (id) ON DELETE CASCADE,
  CONSTRAINT of_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE,
  CONSTRAINT of_child FOREIGN KEY (child_id) REFERENCES team (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

CREATE TABLE device (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL UNIQUE,
  label VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  deleted_at VARCHAR(40) CHARACTER SET latin1
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

CREATE TABLE device_owner (
  device_id INT NOT NULL,
  person_id INT UNSIGNED NOT NULL,
  PRIMARY KEY (device_id, person_id),
  CONSTRAINT owner_device FOREIGN KEY (device_id) REFERENCES device (id) ON DELETE CASCADE,
  CONSTRAINT owner_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

CREATE TABLE locker (
  room VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  place SMALLINT NOT NULL,
  note VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
  PRIMARY KEY (room, place)
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

INSERT INTO person (id, company_id, login, token, created_at, updated_at)
VALUES (900, 8, 'outsider', 'x', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z');
INSERT INTO team (id, company_id, name, updated_at) VALUES (900, 8, 'Outside', '2020-01-01T00:00:00Z');
