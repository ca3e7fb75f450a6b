-- Alerts as departments sent them. The record itself, its source id included, is sealed; people are
-- keyed fingerprints. division is the sender's until the household is known, county its first six
-- digits.
CREATE TABLE alerts (
  id {{key}} PRIMARY KEY,
  feed {{key}} NOT NULL,
  source_key {{blob}} NOT NULL CHECK (length(source_key) = 16),
  version BIGINT NOT NULL CHECK (version > 0),
  fingerprint {{blob}} NOT NULL CHECK (length(fingerprint) = 16),
  event_on {{key}} NOT NULL,
  amount_fen BIGINT,
  county {{key}} NOT NULL,
  division {{key}} NOT NULL,
  state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 6),
  household {{key}} NOT NULL,
  person {{key}} NOT NULL,
  clue {{key}} NOT NULL,
  judgement {{key}} NOT NULL,
  accept_us BIGINT NOT NULL,
  settle_us BIGINT,
  sealed {{blob}} NOT NULL
);

CREATE UNIQUE INDEX alerts_source ON alerts (source_key, version);
CREATE INDEX alerts_county ON alerts (county, id);
CREATE INDEX alerts_household ON alerts (household, id) WHERE household <> '';
CREATE INDEX alerts_pending ON alerts (id) WHERE state = 1;
CREATE INDEX alerts_again ON alerts (id) WHERE state IN (2, 6);

-- Amounts that add up, by person.
CREATE TABLE alert_amounts (
  person {{key}} NOT NULL,
  feed {{key}} NOT NULL,
  alert {{key}} NOT NULL,
  kind {{key}} NOT NULL,
  event_on {{key}} NOT NULL,
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (person, feed, alert)
);

-- A row a batch: batches of one feed taken at the same moment do not wait for each other.
CREATE TABLE alert_pushes (
  id {{key}} PRIMARY KEY,
  feed {{key}} NOT NULL,
  accepted BIGINT NOT NULL,
  watermark {{key}} NOT NULL,
  push_us BIGINT NOT NULL
);

-- Tells this database from one begun anew, for caches that outlive it.
CREATE TABLE store_identity (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  id {{key}} NOT NULL
);
