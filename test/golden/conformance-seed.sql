-- The people of the golden files, with ids and times that never change.
INSERT INTO person (person_id, user_name, external_id, formatted, family_name, given_name, display_name, title, active,
  employee_number, department, manager_id, created_at, changed_at) VALUES
  ('aaaaaaaa-0000-4000-8000-000000000001', 'amara', 'hr-1', 'Amara Okafor', 'Okafor', 'Amara', 'Amara Okafor',
   'Head of Finance', 1, '1', 'Finance', NULL, '2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.000Z'),
  ('aaaaaaaa-0000-4000-8000-000000000002', 'Björn', 'hr-2', 'Björn Lindqvist', 'Lindqvist', 'Björn', 'Björn Lindqvist',
   'Engineer', 1, '2', 'Engineering', 'aaaaaaaa-0000-4000-8000-000000000001', '2026-01-06T08:00:00.000Z', '2026-02-01T09:30:00.000Z'),
  ('aaaaaaaa-0000-4000-8000-000000000003', 'chiara', 'hr-3', NULL, 'Conti', 'Chiara', NULL,
   NULL, NULL, NULL, NULL, NULL, '2026-01-07T08:00:00.000Z', '2026-01-07T08:00:00.000Z');
INSERT INTO person_email (row_id, person_id, value, type, is_primary) VALUES
  (1, 'aaaaaaaa-0000-4000-8000-000000000001', 'amara@example.com', 'work', 1),
  (2, 'aaaaaaaa-0000-4000-8000-000000000002', 'bjorn@example.com', 'work', 1),
  (3, 'aaaaaaaa-0000-4000-8000-000000000002', 'bjorn@example.org', 'home', NULL);
INSERT INTO person_address (row_id, person_id, locality, country, type) VALUES
  (1, 'aaaaaaaa-0000-4000-8000-000000000002', 'Göteborg', 'SE', 'work');
INSERT INTO team (team_id, display_name, created_at, changed_at) VALUES
  ('bbbbbbbb-0000-4000-8000-000000000001', 'Engineering', '2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.000Z'),
  ('bbbbbbbb-0000-4000-8000-000000000002', 'Everyone', '2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.000Z');
INSERT INTO team_member (team_id, person_id, child_id) VALUES
  ('bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002', NULL),
  ('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000001', NULL),
  ('bbbbbbbb-0000-4000-8000-000000000002', NULL, 'bbbbbbbb-0000-4000-8000-000000000001');
