CREATE TABLE records (
  collection {{key}} NOT NULL,
  id {{key}} NOT NULL,
  division {{key}} NOT NULL,
  household {{key}} NOT NULL,
  state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 62),
  slot {{key}},
  revision BIGINT NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (collection, id),
  UNIQUE (collection, slot)
);

CREATE INDEX records_household ON records (collection, household, id);
CREATE INDEX records_state ON records (collection, state);

CREATE TABLE record_revisions (
  collection {{key}} NOT NULL,
  id {{key}} NOT NULL,
  revision BIGINT NOT NULL,
  actor {{key}} NOT NULL,
  time_us BIGINT NOT NULL,
  sealed {{blob}} NOT NULL,
  PRIMARY KEY (collection, id, revision)
);

CREATE TABLE record_answers (
  method {{key}} NOT NULL,
  subject {{key}} NOT NULL,
  request_id {{key}} NOT NULL,
  digest {{blob}} NOT NULL,
  sealed {{blob}} NOT NULL,
  expire_us BIGINT NOT NULL,
  PRIMARY KEY (method, subject, request_id)
);

CREATE INDEX record_answers_expire ON record_answers (expire_us);
