CREATE TABLE person (
  person_id  INT AUTO_INCREMENT PRIMARY KEY,
  login      VARCHAR(60) NOT NULL,
  family_name VARCHAR(60),
  given_name VARCHAR(60),
  shown      VARCHAR(60) CHARACTER SET utf8mb3,
  nick       VARCHAR(20) CHARACTER SET latin1,
  title      VARCHAR(20),
  kind       ENUM ('Employee', 'Contractor'),
  lang       CHAR(5),
  locale     VARCHAR(10) CHARACTER SET ascii,
  zone       TINYTEXT,
  status     VARCHAR(6) NOT NULL DEFAULT 'active',
  grade      SMALLINT,
  rate       DECIMAL(5, 2),
  hired      DATETIME,
  KEY (login)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE person_email (
  email_id   INT AUTO_INCREMENT PRIMARY KEY,
  person_id  INT NOT NULL,
  address    VARCHAR(60) NOT NULL,
  shown      VARCHAR(20),
  kind       CHAR(1),
  is_main    CHAR(1) NOT NULL DEFAULT 'N',
  FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE,
  KEY (address)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE team (
  team_id    INT AUTO_INCREMENT PRIMARY KEY,
  name       VARCHAR(40) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE team_member (
  team_id    INT NOT NULL,
  person_id  INT NOT NULL,
  PRIMARY KEY (team_id, person_id),
  FOREIGN KEY (team_id) REFERENCES team (team_id) ON DELETE CASCADE,
  FOREIGN KEY (person_id) REFERENCES person (person_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
