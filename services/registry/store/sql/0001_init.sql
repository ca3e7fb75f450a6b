-- What queries see of a household; the record itself is its last revision. risks and flags: a bit a
-- number of the enum. members: active ones.
CREATE TABLE households (
  id {{key}} PRIMARY KEY,
  division {{key}} NOT NULL CHECK (length(division) = 12),
  national_id {{key}},
  kind BIGINT NOT NULL,
  state BIGINT NOT NULL,
  category BIGINT NOT NULL,
  risks BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  lifecycle BIGINT NOT NULL,
  members BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CHECK (length(id) = 18)
);
CREATE INDEX households_division ON households (division, id);
-- Some in a hundred, and asked for most of the time.
CREATE INDEX households_monitored ON households (division, id) WHERE state > 1;
-- Counts read this alone. Its columns change seldom, so ordinary updates leave it as it is.
CREATE INDEX households_sorts ON households (division, state, category, kind, lifecycle, members);
CREATE UNIQUE INDEX households_national_id ON households (national_id);

-- sealed: the Revision message with the household after it.
CREATE TABLE revisions (
  household_id {{key}} NOT NULL,
  number BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (household_id, number)
);

-- The change feed: every revision once, in the order in which readers get to see them. Positions
-- count from 1 without gaps. moved_from: the village before, when the revision moved the household.
CREATE TABLE feed (
  position BIGINT PRIMARY KEY,
  household_id {{key}} NOT NULL,
  number BIGINT NOT NULL,
  division {{key}} NOT NULL,
  moved_from {{key}}
);

-- One row: the last position given.
CREATE TABLE feed_head (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  position BIGINT NOT NULL
);
INSERT INTO feed_head (id, position) VALUES (1, 0);

-- Committed and without a position, one row a write; empty where a write gives positions itself.
-- household_id and number are those of its first change; changes: lines of household id, number,
-- division and village before.
CREATE TABLE feed_pending (
  household_id {{key}} NOT NULL,
  number BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  changes TEXT NOT NULL,
  PRIMARY KEY (household_id, number)
);

-- One row a person: the household that he or she is, or last was, a member of. village: the code of
-- its division as a number; name_key: a keyed fingerprint of the name. Both as of the last time that
-- the person was active there.
CREATE TABLE persons (
  fingerprint {{blob}} PRIMARY KEY,
  household_id {{key}} NOT NULL,
  person_id {{key}} NOT NULL,
  village BIGINT NOT NULL,
  name_key BIGINT NOT NULL,
  active BIGINT NOT NULL CHECK (active IN (0, 1))
);
-- The village leads, so that an import writes to few pages: its people stand together.
CREATE INDEX persons_name ON persons (village, name_key);

CREATE TABLE village_serials (
  village {{key}} PRIMARY KEY,
  last_serial BIGINT NOT NULL CHECK (last_serial <= 999999)
);

-- sealed: the VillageProfile message.
CREATE TABLE village_profiles (
  division {{key}} PRIMARY KEY CHECK (length(division) = 12),
  sealed {{blob}} NOT NULL
);

-- First answers to writes that clients may repeat.
CREATE TABLE requests (
  principal {{key}} NOT NULL,
  method {{key}} NOT NULL,
  request_id {{key}} NOT NULL,
  body {{blob}} NOT NULL,
  time_us BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (principal, method, request_id)
);
CREATE INDEX requests_time ON requests (time_us);

-- Decisions that have moved a household to a state.
CREATE TABLE decisions (
  household_id {{key}} NOT NULL,
  decided_by {{key}} NOT NULL,
  to_state BIGINT NOT NULL,
  PRIMARY KEY (household_id, decided_by, to_state)
);

CREATE TABLE imports (
  id {{key}} PRIMARY KEY,
  state BIGINT NOT NULL,
  received_bytes BIGINT NOT NULL,
  run_us BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  sealed {{blob}} NOT NULL
);
CREATE INDEX imports_state ON imports (state, run_us, id);

CREATE TABLE import_chunks (
  import_id {{key}} NOT NULL,
  position BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (import_id, position)
);

-- The errors workbook of an import that has one, in pieces from 0.
CREATE TABLE import_workbooks (
  import_id {{key}} NOT NULL,
  piece BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (import_id, piece)
);

CREATE TABLE import_errors (
  import_id {{key}} NOT NULL,
  sequence BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (import_id, sequence)
);
