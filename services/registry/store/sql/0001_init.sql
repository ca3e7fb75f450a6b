-- What queries see of a household; the record itself is its last revision.
CREATE TABLE households (
  id {{key}} PRIMARY KEY,
  division {{key}} NOT NULL CHECK (length(division) = 12),
  national_id {{key}},
  kind BIGINT NOT NULL,
  state BIGINT NOT NULL,
  category BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CHECK (length(id) = 18)
);
CREATE INDEX households_division ON households (division, id);
CREATE UNIQUE INDEX households_national_id ON households (national_id);

-- sealed: the Revision message with the household after it.
CREATE TABLE revisions (
  household_id {{key}} NOT NULL,
  number BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (household_id, number)
);

-- One row a person: the household that he or she is, or last was, a member of.
CREATE TABLE persons (
  fingerprint {{blob}} PRIMARY KEY,
  household_id {{key}} NOT NULL,
  person_id {{key}} NOT NULL,
  active BIGINT NOT NULL CHECK (active IN (0, 1))
);

CREATE TABLE village_serials (
  village {{key}} PRIMARY KEY,
  last_serial BIGINT NOT NULL CHECK (last_serial <= 999999)
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

-- Persons whom a second household claims. Divisions are where the households are now; sealed: the
-- PersonConflict message.
CREATE TABLE person_conflicts (
  id {{key}} PRIMARY KEY,
  fingerprint {{blob}} NOT NULL,
  holder {{key}} NOT NULL,
  claimant {{key}} NOT NULL,
  claimant_household {{key}},
  holder_division {{key}} NOT NULL CHECK (length(holder_division) = 12),
  claimant_division {{key}} NOT NULL CHECK (length(claimant_division) = 12),
  state BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  sealed {{blob}} NOT NULL
);
-- A person is claimed by one household from another once at a time; 1 is open.
CREATE UNIQUE INDEX person_conflicts_open ON person_conflicts (fingerprint, holder, claimant)
 WHERE state = 1;
CREATE INDEX person_conflicts_key ON person_conflicts (fingerprint, holder, claimant, time_us);
CREATE INDEX person_conflicts_time ON person_conflicts (time_us, id);
CREATE INDEX person_conflicts_holder ON person_conflicts (holder);
CREATE INDEX person_conflicts_claimant ON person_conflicts (claimant_household);

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

CREATE TABLE import_errors (
  import_id {{key}} NOT NULL,
  sequence BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (import_id, sequence)
);
