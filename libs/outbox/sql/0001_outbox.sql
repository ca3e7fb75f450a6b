-- One row per key that has entries: who delivers it, and when it is next due.
CREATE TABLE outbox_keys (
  key {{key}} PRIMARY KEY,
  last_seq BIGINT NOT NULL,
  -- Not before this time: 0 when new, the retry's time after a failure, the lease's end while owned.
  due_us BIGINT NOT NULL,
  since_us BIGINT NOT NULL,
  owner TEXT NOT NULL
);
CREATE INDEX outbox_keys_by_due ON outbox_keys (due_us, since_us, key);

CREATE TABLE outbox_entries (
  key {{key}} NOT NULL,
  seq BIGINT NOT NULL,
  id {{key}} NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  payload {{blob}} NOT NULL,
  created_us BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  -- Why the receiver refused it when it was last tried; empty when it did not.
  refused_for TEXT NOT NULL,
  PRIMARY KEY (key, seq)
);
