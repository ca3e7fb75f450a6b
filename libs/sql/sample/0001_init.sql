CREATE TABLE villages (
  id {{key}} PRIMARY KEY
);
CREATE TABLE people (
  id {{key}} PRIMARY KEY,
  village {{key}} REFERENCES villages (id),
  email {{key}},
  county {{key}},
  serial BIGINT,
  amount BIGINT CHECK (amount < 1000000),
  note TEXT NOT NULL,
  photo {{blob}},
  UNIQUE (county, serial)
);
CREATE UNIQUE INDEX people_by_email ON people (email);
CREATE TABLE counters (
  id {{key}} PRIMARY KEY,
  value BIGINT NOT NULL
);
