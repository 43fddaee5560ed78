-- One column of every type that a PostgreSQL application may have, and rows with the values that are the edges of it.
CREATE EXTENSION citext;
CREATE SCHEMA "Old App";
CREATE TYPE "Old App".mood AS ENUM ('Sad', 'sad', 'OK', '', 'Straße');
CREATE DOMAIN "Old App".mail AS citext CHECK (VALUE LIKE '%@%');
CREATE DOMAIN "Old App".work_mail AS "Old App".mail NOT NULL;
CREATE COLLATION "Old App".blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false);

CREATE TABLE "Old App"."user" (
  "userId"  numeric(12,0) PRIMARY KEY DEFAULT floor(random() * 1e11),
  "Login"   "Old App".work_mail UNIQUE,
  padded    char(8),
  plain     varchar(20),
  blind     text COLLATE "Old App".blind,
  turkish   text COLLATE "tr-x-icu",
  mood      "Old App".mood,
  token     uuid,
  address   inet,
  small     smallint,
  big       bigint,
  amount    numeric(6,2),
  ratio     real,
  weight    double precision,
  flag      boolean,
  day       date,
  moment    timestamptz,
  local     timestamp(3),
  picture   bytea,
  names     jsonb,
  made      text GENERATED ALWAYS AS ('m' || small) STORED,
  touched   timestamptz NOT NULL,
  CONSTRAINT amount_is_even CHECK (mod(amount, 2) = 0),
  CONSTRAINT plain_in_small UNIQUE (plain, small)
);
CREATE UNIQUE INDEX user_turkish ON "Old App"."user" (lower(turkish));
CREATE FUNCTION "Old App".touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.plain = 'forbidden' THEN RAISE EXCEPTION 'nobody is called so'; END IF;
  NEW.touched := now();
  RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON "Old App"."user" FOR EACH ROW EXECUTE FUNCTION "Old App".touch();

INSERT INTO "Old App"."user" ("userId", "Login", padded, plain, blind, turkish, mood, token, address, small, big, amount, ratio, weight, flag, day, moment, local, picture, names) VALUES
  (1, 'Ann@x', 'A', 'a', 'José', 'Ian', 'Sad', '0b5c7d4e-1a2f-4c3b-8d9e-000000000001', '10.0.0.1', 1, 9007199254740993, 2, 0.1, 0.1, true, '2020-01-01', '2020-01-01 00:00:00Z', '2020-01-01 00:00:00', '\x00', '["a", "B", 1, null, {"a": 1}, true]'),
  (2, 'ANN@y', 'A b', 'A', 'jose', 'IAN2', 'sad', '0b5c7d4e-1a2f-4c3b-8d9e-00000000000a', '10.0.0.0/8', -32768, -9223372036854775808, -2.50 * 4, -3.4e38, 1e300, false, '2020-02-29', '2020-01-01 00:00:00.5Z', '2020-01-01 00:00:00.001', '\xff00', '[]'),
  (3, 'İ@x', '%', '%', 'JOSE', 'ıank', 'OK', '0b5c7d4e-1a2f-4c3b-8d9e-0000000000ff', '::1', 32767, 9223372036854775807, 9998, 1e-30, -0, NULL, 'infinity', 'infinity', '-infinity', '', '{"not": "a list"}'),
  (4, 'kim@x', '', '', '', 'İan', '', NULL, NULL, 0, 0, 0, 0, 0, true, '0001-01-01 BC', '0001-01-01 00:00:00Z BC', '0001-03-15 00:00:00 BC', NULL, 'null'),
  (5, 'ſ@x', NULL, 'a ', ' ', '', 'Straße', NULL, NULL, NULL, NULL, NULL, 5.5, 1e-300, NULL, '9999-12-31', '9999-12-31 23:59:59.999999Z', NULL, NULL, '["é", "e\u0301"]'),
  (6, E'\u212aim@y', E'e\u0301', E'e\u0301', E'JOSE\u0301', E'\u212a', NULL, NULL, NULL, 10, 10, 10, 9, 9, false, NULL, NULL, NULL, NULL, NULL);
