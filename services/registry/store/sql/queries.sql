-- name: InsertHousehold
INSERT INTO households (id, division, national_id, kind, state, category, revision)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: UpdateHousehold
UPDATE households
   SET division = $2, national_id = $3, kind = $4, state = $5, category = $6, revision = $7
 WHERE id = $1 AND revision = $7 - 1;

-- name: InsertRevision
INSERT INTO revisions (household_id, number, time_us, sealed)
VALUES ($1, $2, $3, $4);

-- name: GetHousehold
SELECT h.id, h.revision, r.sealed, h.division, h.national_id
  FROM households h
  JOIN revisions r ON r.household_id = h.id AND r.number = h.revision
 WHERE h.id = $1;

-- name: GetHouseholds
SELECT h.id, h.revision, r.sealed, h.division, h.national_id
  FROM households h
  JOIN revisions r ON r.household_id = h.id AND r.number = h.revision
 WHERE h.id IN (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38,
    $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50);

-- name: GetRevision
SELECT sealed
  FROM revisions
 WHERE household_id = $1 AND number = $2;

-- name: ListRevisions
SELECT number, sealed
  FROM revisions
 WHERE household_id = $1 AND number > $2
 ORDER BY number
 LIMIT $3;

-- name: ListHouseholds
SELECT h.id, h.revision, r.sealed
  FROM households h
  JOIN revisions r ON r.household_id = h.id AND r.number = h.revision
 WHERE h.division >= $1 AND h.division < $2
   AND (h.division, h.id) > ($3, $4)
   AND h.state IN ($5, $6, $7, $8, $9, $10)
 ORDER BY h.division, h.id
 LIMIT $11;

-- name: FindNationalIds
SELECT national_id, id
  FROM households
 WHERE national_id IN (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38,
    $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50);

-- name: FindPersons
SELECT p.fingerprint, p.household_id, p.person_id, p.active, h.division, h.kind, h.state, h.category
  FROM persons p
  JOIN households h ON h.id = p.household_id
 WHERE p.fingerprint IN (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38,
    $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50);

-- name: DropPerson
DELETE FROM persons
 WHERE fingerprint = $1 AND household_id = $2;

-- name: ReleasePerson
INSERT INTO persons (fingerprint, household_id, person_id, active)
VALUES ($1, $2, $3, 0)
    ON CONFLICT (fingerprint) DO UPDATE SET active = 0
 WHERE persons.household_id = excluded.household_id;

-- name: ClaimPerson
INSERT INTO persons (fingerprint, household_id, person_id, active)
VALUES ($1, $2, $3, 1)
    ON CONFLICT (fingerprint) DO UPDATE
   SET household_id = excluded.household_id, person_id = excluded.person_id, active = 1
 WHERE persons.active = 0 OR persons.household_id = excluded.household_id;

-- name: ReserveSerials
INSERT INTO village_serials (village, last_serial)
VALUES ($1, $2)
    ON CONFLICT (village) DO UPDATE
   SET last_serial = village_serials.last_serial + excluded.last_serial
 WHERE village_serials.last_serial + excluded.last_serial <= 999999
RETURNING last_serial;

-- name: FindAnswer
SELECT body, sealed
  FROM requests
 WHERE principal = $1 AND method = $2 AND request_id = $3;

-- name: InsertAnswer
INSERT INTO requests (principal, method, request_id, body, time_us, sealed)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (principal, method, request_id) DO NOTHING;

-- name: DropAnswers
DELETE FROM requests
 WHERE time_us < $1;

-- name: FindDecision
SELECT to_state
  FROM decisions
 WHERE household_id = $1 AND decided_by = $2 AND to_state = $3;

-- name: InsertDecision
INSERT INTO decisions (household_id, decided_by, to_state)
VALUES ($1, $2, $3);

-- name: PutImport
INSERT INTO imports (id, state, received_bytes, run_us, attempts, sealed)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE
   SET state = excluded.state, received_bytes = excluded.received_bytes, run_us = excluded.run_us,
       attempts = excluded.attempts, sealed = excluded.sealed;

-- name: GetImport
SELECT received_bytes, run_us, attempts, sealed
  FROM imports
 WHERE id = $1;

-- name: ListImportsInState
SELECT id
  FROM imports
 WHERE state = $1
 ORDER BY run_us, id
 LIMIT 100;

-- name: InsertChunk
INSERT INTO import_chunks (import_id, position, sealed)
VALUES ($1, $2, $3);

-- name: GetChunk
SELECT sealed
  FROM import_chunks
 WHERE import_id = $1 AND position = $2;

-- name: ListChunks
SELECT position, sealed
  FROM import_chunks
 WHERE import_id = $1
 ORDER BY position;

-- name: DropChunks
DELETE FROM import_chunks
 WHERE import_id = $1;

-- name: DropErrors
DELETE FROM import_errors
 WHERE import_id = $1;

-- name: InsertError
INSERT INTO import_errors (import_id, sequence, sealed)
VALUES ($1, $2, $3);

-- name: ListErrors
SELECT sequence, sealed
  FROM import_errors
 WHERE import_id = $1 AND sequence > $2
 ORDER BY sequence
 LIMIT $3;
