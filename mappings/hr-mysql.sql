-- The crew office of Brevik Ferries, a company that does not exist: a PHP application begun on MySQL 4.0 in 2004, moved
-- from server to server since, its tables of five ages and four character sets. hr-mysql.yaml maps it without changing
-- any of it. For MySQL 8.0.13 or later and MariaDB 10.2 or later.
--
-- What hurts, and where: the comments say it beside each column.

SET NAMES utf8mb4;

-- The application runs like this, as in the days before MySQL 5.7: a date may be 0000-00-00, text that is too long is cut
-- and a word that an ENUM does not know becomes ''. The triggers below keep this mode whoever fires them.
SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';

-- The oldest table, still MyISAM: no transactions, no foreign keys. The bridge reads it and may not write it.
CREATE TABLE ship (
  code CHAR(3) NOT NULL PRIMARY KEY,
  name VARCHAR(40) NOT NULL
) ENGINE = MyISAM DEFAULT CHARSET = latin1 COLLATE = latin1_swedish_ci;

-- latin1, which in MySQL means Windows-1252: there is an é, a ø and a €, but no ł and no Greek. The collation is the
-- default of its time: it takes å for a, Ä for Æ and ü for y, and its unique key so refuses names that differ.
CREATE TABLE department (
  dept_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  code    CHAR(4) NOT NULL,
  name    VARCHAR(60) NOT NULL,
  UNIQUE KEY uq_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = latin1 COLLATE = latin1_swedish_ci;

-- Whoever the company deals with: people, firms, and the accounts of machines. The number of a party is the number of
-- the person everywhere else, so this row must be there before any other.
CREATE TABLE party (
  party_id   INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind       ENUM('person', 'firm', 'machine') NOT NULL,
  uid        CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,   -- NOT NULL, and no SCIM attribute fills it
  created    DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00',                  -- local time of the office, Oslo
  created_by VARCHAR(16) NOT NULL,                                             -- likewise
  UNIQUE KEY uq_uid (uid)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE employee (
  emp_id      INT UNSIGNED NOT NULL PRIMARY KEY,            -- party.party_id: the numeric key
  badge_no    CHAR(8) CHARACTER SET latin1 DEFAULT NULL,    -- the natural key: the planning office knows people by it.
                                                            -- CHAR loses blanks at the end. Machines have no badge.
  -- crew sails, shore does not, machine is no human being; visitor is anybody with a day pass: no business of ours
  category    ENUM('crew', 'shore', 'machine', 'visitor') NOT NULL,
  -- latin1 again. Somebody called Łukasz is Lukasz here.
  family_name VARCHAR(40) CHARACTER SET latin1 NOT NULL,
  given_name  VARCHAR(40) CHARACTER SET latin1 DEFAULT NULL,
  sort_name   VARCHAR(90) CHARACTER SET latin1 NOT NULL,    -- family and given name without accents: what searches and sorts
  -- "utf8" of 2009: three bytes at most, so no emoji and no rare Chinese character. `rank` is a word of MySQL 8.
  `rank`      VARCHAR(50) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  call_sign   VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,   -- on the radio kX7 is not KX7
  dept_id     SMALLINT UNSIGNED DEFAULT NULL,               -- no foreign key; one person is in a department that is gone
  ship_code   CHAR(3) CHARACTER SET latin1 DEFAULT NULL,    -- no foreign key can point at MyISAM
  boss_badge  CHAR(8) CHARACTER SET latin1 DEFAULT NULL,    -- the superior, by badge and not by number
  -- One row holds '': a word that the column did not know, from before strict mode.
  status      ENUM('active', 'leave', 'suspended', 'left') NOT NULL DEFAULT 'active',
  contract    ENUM('permanent', 'seasonal', 'agency') DEFAULT NULL,
  hired       DATE NOT NULL DEFAULT '0000-00-00',           -- 0000-00-00: nobody knows any more
  left_on     DATE NOT NULL DEFAULT '0000-00-00',           -- 0000-00-00: has not
  share       DECIMAL(3,2) DEFAULT '1.00',                  -- of full time
  seafarer_no BIGINT UNSIGNED DEFAULT NULL,                 -- seventeen digits and more: beyond what a JSON number holds
  is_medic    TINYINT(1) NOT NULL DEFAULT 0,                -- 0 no, 1 yes, 2 expired: a TINYINT(1) is no boolean
  deleted     TINYINT(1) NOT NULL DEFAULT 0,                -- nothing is ever deleted, the payroll needs it
  modified    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,   -- whole seconds; knows of this row only
  UNIQUE KEY uq_badge (badge_no),
  KEY ix_sort (sort_name),
  KEY ix_boss (boss_badge),
  CONSTRAINT fk_employee_party FOREIGN KEY (emp_id) REFERENCES party (party_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- The login as it was typed, compared with regard to case, and a second time in lower case: that copy is what people log
-- in with and what is unique. Whoever writes one must write the other.
CREATE TABLE account (
  emp_id      INT UNSIGNED NOT NULL PRIMARY KEY,
  login       VARCHAR(32) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  login_lower VARCHAR(32) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  pass        VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  locked      TINYINT(1) NOT NULL DEFAULT 0,
  token       CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,        -- of the mobile app; nobody maps it
  UNIQUE KEY uq_login (login_lower),
  KEY ix_login (login),
  CONSTRAINT fk_account_employee FOREIGN KEY (emp_id) REFERENCES employee (emp_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE employee_email (
  email_id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  emp_id   INT UNSIGNED NOT NULL,
  kind     ENUM('work', 'home', 'other') DEFAULT NULL,
  address  VARCHAR(120) CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci NOT NULL,
  is_main  TINYINT(1) NOT NULL DEFAULT 0,                   -- nothing keeps two rows from being the main one, and one pair is
  KEY ix_emp (emp_id),
  KEY ix_address (address),
  CONSTRAINT fk_email_employee FOREIGN KEY (emp_id) REFERENCES employee (emp_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- A key of three columns and no number of its own: a row is what it holds. D desk, M mobile, B bridge of the ship.
CREATE TABLE employee_phone (
  emp_id INT UNSIGNED NOT NULL,
  kind   CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number VARCHAR(30) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  PRIMARY KEY (emp_id, kind, number),
  CONSTRAINT fk_phone_employee FOREIGN KEY (emp_id) REFERENCES employee (emp_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Whatever came later and found no column: one row for each value.
CREATE TABLE employee_extra (
  emp_id INT UNSIGNED NOT NULL,
  name   VARCHAR(30) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  value  VARCHAR(255) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL DEFAULT '',
  PRIMARY KEY (emp_id, name),
  KEY ix_name_value (name, value(60)),
  CONSTRAINT fk_extra_employee FOREIGN KEY (emp_id) REFERENCES employee (emp_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- What somebody may do. Two companies share the table: BF the ferries, BT the terminals. The key is the company and a
-- number that the server counts.
CREATE TABLE role (
  company  CHAR(2) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  role_id  INT UNSIGNED NOT NULL AUTO_INCREMENT,
  name     VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  is_admin TINYINT(1) NOT NULL DEFAULT 0,
  created  DATETIME NOT NULL,                               -- NOT NULL without a default
  PRIMARY KEY (company, role_id),
  KEY ix_role (role_id),
  UNIQUE KEY uq_name (company, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Who holds which role: a join table with columns of its own, and the auditors look at them.
CREATE TABLE role_holder (
  company    CHAR(2) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  role_id    INT UNSIGNED NOT NULL,
  emp_id     INT UNSIGNED NOT NULL,
  granted_by VARCHAR(16) NOT NULL,
  granted_at DATETIME NOT NULL,
  until      DATE NOT NULL DEFAULT '0000-00-00',            -- 0000-00-00: for good
  PRIMARY KEY (company, role_id, emp_id),
  KEY ix_holder (emp_id),
  CONSTRAINT fk_holder_role FOREIGN KEY (company, role_id) REFERENCES role (company, role_id),
  CONSTRAINT fk_holder_employee FOREIGN KEY (emp_id) REFERENCES employee (emp_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Written by triggers, read by the auditors.
CREATE TABLE employee_history (
  hist_id    INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  emp_id     INT UNSIGNED NOT NULL,
  what       VARCHAR(20) NOT NULL,
  old_value  VARCHAR(60) DEFAULT NULL,
  new_value  VARCHAR(60) DEFAULT NULL,
  changed_at DATETIME NOT NULL,
  KEY ix_emp (emp_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

INSERT INTO ship (code, name) VALUES
  ('SKA', 'Skagerrak'), ('JOM', 'Jomfruland'), ('LAN', 'Langøya'), ('TRO', 'Trosby');

INSERT INTO department (dept_id, code, name) VALUES
  (1, 'MGMT', 'Management'),
  (2, 'DECK', 'Deck'),
  (3, 'ENGN', 'Engine'),
  (4, 'CATR', 'Catering & Kiosk'),
  (5, 'TCKT', 'Ticket Office'),
  (6, 'OFFC', 'Crew Office'),
  (7, 'SØR', 'Sørlandet Quay');

INSERT INTO party (party_id, kind, uid, created, created_by) VALUES
  (1, 'machine', 'b3f0c8e2-5a0d-4c7e-9a51-0d6b3a1f0001', '2004-03-01 08:00:00', 'setup'),
  (2, 'machine', 'b3f0c8e2-5a0d-4c7e-9a51-0d6b3a1f0002', '2011-06-17 13:20:00', 'setup'),
  (11, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0011', '0000-00-00 00:00:00', 'import'),
  (12, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0012', '2004-03-01 08:12:31', 'import'),
  (13, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0013', '2007-07-07 07:07:07', 'gro'),
  (14, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0014', '2012-10-28 02:30:00', 'gro'),   -- the hour that came twice
  (15, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0015', '2015-01-05 09:00:00', 'gro'),
  (16, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0016', '2016-05-02 10:41:00', 'gro'),
  (17, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0017', '2018-08-13 11:05:59', 'gro'),
  (18, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0018', '2019-04-01 08:30:00', 'gro'),
  (19, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0019', '2020-02-29 23:59:59', 'gro'),
  (20, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0020', '2021-06-01 08:00:00', 'gro'),
  (21, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0021', '2021-06-01 08:00:00', 'gro'),
  (22, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0022', '2023-11-20 14:15:16', 'gro'),
  (23, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0023', '2024-12-24 12:00:00', 'gro'),
  (30, 'person', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0030', '2025-03-03 07:45:00', 'gate'),
  (40, 'firm', '6c1a7d70-0f5e-4a55-8f57-2b1d6e4a0040', '2009-09-09 09:09:09', 'gro');

INSERT INTO employee (emp_id, badge_no, category, family_name, given_name, sort_name, `rank`, call_sign, dept_id, ship_code,
                      boss_badge, status, contract, hired, left_on, share, seafarer_no, is_medic, deleted) VALUES
  -- machines: the nightly import and the ticket gates
  (1, NULL, 'machine', 'nightly import', NULL, 'nightly import', NULL, NULL, 6, NULL, NULL, 'active', NULL, '2004-03-01', '0000-00-00', '1.00', NULL, 0, 0),
  (2, NULL, 'machine', 'ticket gates', '', 'ticket gates', '', NULL, NULL, NULL, NULL, 'active', NULL, '0000-00-00', '0000-00-00', '1.00', NULL, 0, 0),
  (11, 'BF-0001', 'shore', 'Brevik', 'Gro', 'brevik gro', 'Managing Director', NULL, 1, NULL, NULL, 'active', 'permanent', '0000-00-00', '0000-00-00', '1.00', NULL, 0, 0),
  (12, 'BF-0002', 'crew', 'Sørensen', 'Åse', 'soerensen aase', 'Captain', 'kX7', 2, 'SKA', 'BF-0001', 'active', 'permanent', '1996-05-01', '0000-00-00', '1.00', 57810000123456789, 1, 0),
  (13, 'BF-0013', 'crew', 'O''Grady', 'Séamus', 'o''grady seamus', 'Chief Engineer', 'KX7', 3, 'SKA', 'BF-0002', 'active', 'permanent', '2007-07-01', '0000-00-00', '1.00', 57810000123456790, 2, 0),
  (14, 'BF-0021', 'crew', 'Müller', 'Jürgen', 'mueller juergen', 'First Mate', NULL, 2, 'JOM', 'BF-0002', 'leave', 'permanent', '2012-11-01', '0000-00-00', '0.80', 18446744073709551615, 0, 0),
  (15, 'BF-0024', 'shore', 'Nuñez de la Peña', 'María José', 'nunez de la pena maria jose', 'Head of Ticketing', NULL, 5, NULL, 'BF-0001', 'active', 'permanent', '2015-01-05', '0000-00-00', '1.00', NULL, 0, 0),
  (16, 'BF-0031', 'shore', 'Pettersen', 'Liv', 'pettersen liv', 'Crew Planner', NULL, 6, NULL, 'BF-0001', 'active', 'permanent', '2016-05-02', '0000-00-00', '0.50', NULL, 0, 0),
  -- her title ends in blanks, her department is gone, and her superior left before badges were kept
  (17, 'BF-0042', 'crew', 'Haugen', 'Kari ', 'haugen kari', 'Steward  ', NULL, 99, 'LAN', 'BF-0009', 'active', 'seasonal', '2018-08-13', '0000-00-00', '0.60', NULL, 0, 0),
  -- status '': nobody knows what was meant
  (18, 'BF-0047', 'crew', 'Lindqvist', '', 'lindqvist', 'Able Seaman', '', 2, 'JOM', 'BF-0021', '', '', '2019-04-01', '0000-00-00', '1.00', 0, 0, 0),
  (19, 'BF-0051', 'crew', 'Kowalski', 'Lukasz', 'kowalski lukasz', 'Motorman', 'Ø1', 3, 'TRO', 'BF-0013', 'suspended', 'agency', '2020-03-01', '0000-00-00', '1.00', NULL, 0, 0),
  -- two people with one name; one has locked himself out
  (20, 'BF-0060', 'crew', 'Hansen', 'Ole', 'hansen ole', 'Deckhand', NULL, 2, 'SKA', 'BF-0002', 'active', 'seasonal', '2021-06-01', '0000-00-00', '1.00', NULL, 0, 0),
  (21, 'BF-0061', 'crew', 'Hansen', 'Ole', 'hansen ole', 'Deckhand', NULL, 2, 'SKA', 'BF-0002', 'active', 'seasonal', '2021-06-01', '0000-00-00', '1.00', NULL, 0, 0),
  -- left, and taken out of the books
  (22, 'BF-0070', 'shore', 'Dahl', 'Renée', 'dahl renee', 'Clerk', NULL, 5, NULL, 'BF-0024', 'left', 'permanent', '2023-11-20', '2024-06-30', '1.00', NULL, 0, 1),
  -- the trainee: no badge yet, no rank, no department
  (23, NULL, 'shore', 'Ωmega', NULL, '?mega', NULL, NULL, NULL, NULL, NULL, 'active', NULL, '2024-12-24', '0000-00-00', '1.00', NULL, 0, 0),
  (30, NULL, 'visitor', 'Inspector', 'Tax', 'inspector tax', NULL, NULL, NULL, NULL, NULL, 'active', NULL, '2025-03-03', '0000-00-00', '1.00', NULL, 0, 0);

INSERT INTO account (emp_id, login, login_lower, pass, locked, token) VALUES
  (1, 'import', 'import', NULL, 0, '00000000000000000000000000000001'),
  (2, 'Gates', 'gates', NULL, 0, '00000000000000000000000000000002'),
  (11, 'GBrevik', 'gbrevik', NULL, 0, '8f14e45fceea167a5a36dedd4bea2511'),
  (12, 'åsørensen', 'åsørensen', NULL, 0, '8f14e45fceea167a5a36dedd4bea2512'),
  (13, 's.o''grady', 's.o''grady', NULL, 0, '8f14e45fceea167a5a36dedd4bea2513'),
  (14, 'JMueller', 'jmueller', NULL, 0, '8f14e45fceea167a5a36dedd4bea2514'),
  (15, 'mjnunez', 'mjnunez', NULL, 0, '8f14e45fceea167a5a36dedd4bea2515'),
  (16, 'LivP', 'livp', NULL, 0, '8f14e45fceea167a5a36dedd4bea2516'),
  (17, 'khaugen', 'khaugen', NULL, 0, '8f14e45fceea167a5a36dedd4bea2517'),
  (18, 'lindqvist', 'lindqvist', NULL, 0, '8f14e45fceea167a5a36dedd4bea2518'),
  (19, 'lkowalski', 'lkowalski', NULL, 0, '8f14e45fceea167a5a36dedd4bea2519'),
  (20, 'ohansen', 'ohansen', NULL, 0, '8f14e45fceea167a5a36dedd4bea2520'),
  (21, 'ohansen2', 'ohansen2', NULL, 1, '8f14e45fceea167a5a36dedd4bea2521'),
  (22, 'rdahl', 'rdahl', NULL, 1, '8f14e45fceea167a5a36dedd4bea2522'),
  (23, 'trainee', 'trainee', NULL, 0, '8f14e45fceea167a5a36dedd4bea2523'),
  (30, 'tax', 'tax', NULL, 0, '8f14e45fceea167a5a36dedd4bea2530');

INSERT INTO employee_email (emp_id, kind, address, is_main) VALUES
  (11, 'work', 'gro.brevik@brevikferries.example', 1),
  (11, 'home', 'gro@brevik.example', 0),
  (12, 'work', 'ase.sorensen@brevikferries.example', 1),
  (13, 'work', 's.o''grady@brevikferries.example', 1),
  (13, 'home', 'Seamus.OGrady@post.example', 0),
  (14, 'work', 'j.mueller@brevikferries.example', 1),
  (14, 'work', 'jomfruland.bridge@brevikferries.example', 1),
  (15, 'work', 'mj.nunez@brevikferries.example', 1),
  (16, 'work', 'liv.pettersen@brevikferries.example', 0),
  (17, NULL, 'kari@haugen.example', 0),
  (19, '', 'lukasz@kowalski.example', 1),
  (20, 'home', 'ole.hansen@post.example', 1),
  (21, 'home', 'ole.hansen@post.example', 1),
  (22, 'work', 'renee.dahl@brevikferries.example', 1);

INSERT INTO employee_phone (emp_id, kind, number) VALUES
  (11, 'D', '+47 35 51 00 01'), (11, 'M', '+47 900 00 001'),
  (12, 'B', '+47 35 51 00 70'), (12, 'M', '90000012'),
  (13, 'M', '+47 900 00 013'), (13, 'M', '+353 1 555 0199'),
  (15, 'D', '35510024'), (17, 'X', '12345');

INSERT INTO employee_extra (emp_id, name, value) VALUES
  (11, 'cost_centre', '100'), (11, 'language', 'nb-NO'),
  (12, 'cost_centre', '210'), (12, 'language', 'nb-NO'), (12, 'shoe_size', '39'),
  (13, 'language', 'en-IE'), (14, 'cost_centre', ''), (14, 'language', 'de'),
  (15, 'Cost_Centre', '500'), (17, 'shoe_size', '38');

INSERT INTO role (company, role_id, name, is_admin, created) VALUES
  ('BF', 1, 'Administrators', 1, '2004-03-01 08:00:00'),
  ('BF', 2, 'Bridge Watch', 0, '2004-03-01 08:00:00'),
  ('BF', 3, 'Kiosk & Café', 0, '2009-05-05 12:00:00'),
  ('BF', 4, 'Emergency Team', 0, '2016-02-11 09:30:00'),
  ('BT', 5, 'Administrators', 1, '2010-01-01 00:00:00');

INSERT INTO role_holder (company, role_id, emp_id, granted_by, granted_at, until) VALUES
  ('BF', 1, 1, 'setup', '2004-03-01 08:00:00', '0000-00-00'),
  ('BF', 1, 11, 'setup', '2004-03-01 08:00:00', '0000-00-00'),
  ('BF', 2, 12, 'gro', '2004-03-01 08:15:00', '0000-00-00'),
  ('BF', 2, 14, 'gro', '2012-11-01 08:00:00', '2030-12-31'),
  ('BF', 2, 20, 'aase', '2021-06-02 08:00:00', '0000-00-00'),
  ('BF', 4, 12, 'gro', '2016-02-11 09:31:00', '0000-00-00'),
  ('BF', 4, 13, 'gro', '2016-02-11 09:31:00', '0000-00-00'),
  ('BF', 4, 22, 'gro', '2024-01-15 10:00:00', '2024-06-30'),
  ('BT', 5, 15, 'terminal', '2015-01-05 10:00:00', '0000-00-00');

INSERT INTO employee_history (emp_id, what, old_value, new_value, changed_at) VALUES
  (14, 'status', 'active', 'leave', '2024-09-01 00:00:00'),
  (19, 'status', 'active', 'suspended', '2024-10-10 15:00:00'),
  (22, 'status', 'active', 'left', '2024-06-30 23:59:00');

-- One statement each, so that any client can run this file without DELIMITER. Only what really changes is written down.
CREATE TRIGGER tr_employee_new AFTER INSERT ON employee FOR EACH ROW
INSERT INTO employee_history (emp_id, what, old_value, new_value, changed_at)
VALUES (NEW.emp_id, 'hired', NULL, NEW.status, UTC_TIMESTAMP());

CREATE TRIGGER tr_employee_change AFTER UPDATE ON employee FOR EACH ROW
INSERT INTO employee_history (emp_id, what, old_value, new_value, changed_at)
SELECT NEW.emp_id, 'status', OLD.status, NEW.status, UTC_TIMESTAMP() FROM DUAL WHERE NOT (OLD.status <=> NEW.status)
UNION ALL
SELECT NEW.emp_id, 'department', OLD.dept_id, NEW.dept_id, UTC_TIMESTAMP() FROM DUAL WHERE NOT (OLD.dept_id <=> NEW.dept_id)
UNION ALL
SELECT NEW.emp_id, 'rank', OLD.`rank`, NEW.`rank`, UTC_TIMESTAMP() FROM DUAL WHERE NOT (OLD.`rank` <=> NEW.`rank`)
UNION ALL
SELECT NEW.emp_id, 'deleted', OLD.deleted, NEW.deleted, UTC_TIMESTAMP() FROM DUAL WHERE NOT (OLD.deleted <=> NEW.deleted);

CREATE TRIGGER tr_account_change AFTER UPDATE ON account FOR EACH ROW
INSERT INTO employee_history (emp_id, what, old_value, new_value, changed_at)
SELECT NEW.emp_id, 'login', OLD.login, NEW.login, UTC_TIMESTAMP() FROM DUAL WHERE NOT (OLD.login <=> NEW.login);

CREATE TRIGGER tr_role_granted AFTER INSERT ON role_holder FOR EACH ROW
INSERT INTO employee_history (emp_id, what, old_value, new_value, changed_at)
VALUES (NEW.emp_id, 'role', NULL, CONCAT(NEW.company, ' ', NEW.role_id), UTC_TIMESTAMP());

CREATE TRIGGER tr_role_taken AFTER DELETE ON role_holder FOR EACH ROW
INSERT INTO employee_history (emp_id, what, old_value, new_value, changed_at)
VALUES (OLD.emp_id, 'role', CONCAT(OLD.company, ' ', OLD.role_id), NULL, UTC_TIMESTAMP());

-- The muster list hangs in the mess of every ship and is printed from this: who is aboard, who does first aid.
CREATE VIEW muster_list AS
  SELECT s.name AS ship, e.family_name, e.given_name, e.`rank`, e.is_medic = 1 AS first_aid,
         (SELECT MIN(p.number) FROM employee_phone p WHERE p.emp_id = e.emp_id AND p.kind IN ('B', 'M')) AS reached_at
  FROM employee e
  JOIN ship s ON s.code = e.ship_code
  WHERE e.category = 'crew' AND e.status = 'active' AND e.deleted = 0;
