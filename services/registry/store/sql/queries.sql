-- name: InsertHousehold
INSERT INTO households (id, division, national_id, kind, state, category, risks, flags, lifecycle,
                        members, update_us, revision)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: UpdateHousehold
UPDATE households
   SET division = $2, national_id = $3, kind = $4, state = $5, category = $6, risks = $7,
       flags = $8, lifecycle = $9, members = $10, update_us = $11, revision = $12
 WHERE id = $1 AND revision = $12 - 1;

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

-- Filters: kinds, states and categories as a bit a number; risks one of, flags all of; the last
-- lifecycle and the first time that are taken.

-- name: ListHouseholds
SELECT division, id
  FROM households
 WHERE (division, id) > ($1, $2) AND (division, id) <= ($3, $4)
   AND ((1 << CAST(kind AS INTEGER)) & $5) <> 0
   AND ((1 << CAST(state AS INTEGER)) & $6) <> 0
   AND ((1 << CAST(category AS INTEGER)) & $7) <> 0
   AND ($8 = 0 OR (risks & $8) <> 0) AND (flags & $9) = $9
   AND lifecycle <= $10 AND update_us >= $11
 ORDER BY division, id
 LIMIT $12;

-- name: ListMonitoredHouseholds
SELECT division, id
  FROM households
 WHERE (division, id) > ($1, $2) AND (division, id) <= ($3, $4)
   AND state > 1
   AND ((1 << CAST(kind AS INTEGER)) & $5) <> 0
   AND ((1 << CAST(state AS INTEGER)) & $6) <> 0
   AND ((1 << CAST(category AS INTEGER)) & $7) <> 0
   AND ($8 = 0 OR (risks & $8) <> 0) AND (flags & $9) = $9
   AND lifecycle <= $10 AND update_us >= $11
 ORDER BY division, id
 LIMIT $12;

-- The last of so many households, and how many there were. Keys are of fixed lengths.
-- name: HouseholdWindow
SELECT max(division || id), count(*)
  FROM (SELECT division, id
          FROM households
         WHERE (division, id) > ($1, $2) AND (division, id) <= ($3, $4)
         ORDER BY division, id
         LIMIT $5) w;

-- name: MonitoredHouseholdWindow
SELECT max(division || id), count(*)
  FROM (SELECT division, id
          FROM households
         WHERE (division, id) > ($1, $2) AND (division, id) <= ($3, $4)
           AND state > 1
         ORDER BY division, id
         LIMIT $5) w;

-- Goes from village to village, each step one look into the index.
-- name: ListHouseholdsByName
WITH RECURSIVE villages (village) AS (
  SELECT (SELECT p.village
            FROM persons p
           WHERE p.village >= $1 AND p.village < $2
           ORDER BY p.village
           LIMIT 1)
  UNION ALL
  SELECT (SELECT p.village
            FROM persons p
           WHERE p.village > v.village AND p.village < $2
           ORDER BY p.village
           LIMIT 1)
    FROM villages v
   WHERE v.village IS NOT NULL)
SELECT DISTINCT h.division, h.id
  FROM villages v
  JOIN persons p ON p.village = v.village AND p.name_key = $3
  JOIN households h ON h.id = p.household_id
 WHERE p.active = 1
   AND (h.division, h.id) > ($4, $5)
   AND ((1 << CAST(h.kind AS INTEGER)) & $6) <> 0
   AND ((1 << CAST(h.state AS INTEGER)) & $7) <> 0
   AND ((1 << CAST(h.category AS INTEGER)) & $8) <> 0
   AND ($9 = 0 OR (h.risks & $9) <> 0) AND (h.flags & $10) = $10
   AND h.lifecycle <= $11 AND h.update_us >= $12
 ORDER BY h.division, h.id
 LIMIT $13;

-- Counts by village and sort. Needs no column beside those of its index.
-- name: CountHouseholds
SELECT division, state, category, kind, count(*), sum(members)
  FROM households
 WHERE division >= $1 AND division < $2
   AND ((1 << CAST(kind AS INTEGER)) & $3) <> 0
   AND ((1 << CAST(state AS INTEGER)) & $4) <> 0
   AND ((1 << CAST(category AS INTEGER)) & $5) <> 0
   AND lifecycle <= $6
 GROUP BY division, state, category, kind;

-- name: CountFilteredHouseholds
SELECT division, state, category, kind, count(*), sum(members)
  FROM households
 WHERE division >= $1 AND division < $2
   AND ((1 << CAST(kind AS INTEGER)) & $3) <> 0
   AND ((1 << CAST(state AS INTEGER)) & $4) <> 0
   AND ((1 << CAST(category AS INTEGER)) & $5) <> 0
   AND ($6 = 0 OR (risks & $6) <> 0) AND (flags & $7) = $7
   AND lifecycle <= $8 AND update_us >= $9
 GROUP BY division, state, category, kind;

-- One by one: there are few, and grouping them would choose another index.
-- name: CountMonitoredHouseholds
SELECT division, state, category, kind, 1, members
  FROM households
 WHERE division >= $1 AND division < $2
   AND state > 1
   AND ((1 << CAST(kind AS INTEGER)) & $3) <> 0
   AND ((1 << CAST(state AS INTEGER)) & $4) <> 0
   AND ((1 << CAST(category AS INTEGER)) & $5) <> 0
   AND ($6 = 0 OR (risks & $6) <> 0) AND (flags & $7) = $7
   AND lifecycle <= $8 AND update_us >= $9
 ORDER BY division, id;

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
INSERT INTO persons (fingerprint, household_id, person_id, village, name_key, active)
VALUES ($1, $2, $3, $4, $5, 0)
    ON CONFLICT (fingerprint) DO UPDATE SET active = 0
 WHERE persons.household_id = excluded.household_id;

-- name: ClaimPerson
INSERT INTO persons (fingerprint, household_id, person_id, village, name_key, active)
VALUES ($1, $2, $3, $4, $5, 1)
    ON CONFLICT (fingerprint) DO UPDATE
   SET household_id = excluded.household_id, person_id = excluded.person_id,
       village = excluded.village, name_key = excluded.name_key, active = 1
 WHERE persons.active = 0 OR persons.household_id = excluded.household_id;

-- name: ReserveSerials
INSERT INTO village_serials (village, last_serial)
VALUES ($1, $2)
    ON CONFLICT (village) DO UPDATE
   SET last_serial = village_serials.last_serial + excluded.last_serial
 WHERE village_serials.last_serial + excluded.last_serial <= 999999
RETURNING last_serial;

-- name: PutVillageProfile
INSERT INTO village_profiles (division, sealed)
VALUES ($1, $2)
    ON CONFLICT (division) DO UPDATE SET sealed = excluded.sealed;

-- name: GetVillageProfiles
SELECT division, sealed
  FROM village_profiles
 WHERE division IN (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38,
    $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50);

-- name: ListVillageProfiles
SELECT division, sealed
  FROM village_profiles
 WHERE division >= $1 AND division < $2 AND division > $3
 ORDER BY division
 LIMIT $4;

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

-- name: DropWorkbook
DELETE FROM import_workbooks
 WHERE import_id = $1;

-- name: InsertWorkbookPiece
INSERT INTO import_workbooks (import_id, piece, sealed)
VALUES ($1, $2, $3);

-- name: GetWorkbookPiece
SELECT sealed
  FROM import_workbooks
 WHERE import_id = $1 AND piece = $2;

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

-- name: LockFeedHead
SELECT position
  FROM feed_head
 WHERE id = 1 {{for_update}};

-- name: AdvanceFeedHead
UPDATE feed_head
   SET position = position + $1
 WHERE id = 1
RETURNING position;

-- name: GetFeedState
SELECT position, CASE WHEN EXISTS (SELECT 1 FROM feed_pending) THEN 1 ELSE 0 END
  FROM feed_head
 WHERE id = 1;

-- name: InsertFeedRow
INSERT INTO feed (position, household_id, number, division, moved_from)
VALUES ($1, $2, $3, $4, $5);

-- name: ListFeed
SELECT position, household_id, number, division, moved_from
  FROM feed
 WHERE position > $1
 ORDER BY position
 LIMIT $2;

-- name: InsertPendingFeed
INSERT INTO feed_pending (household_id, number, time_us, changes)
VALUES ($1, $2, $3, $4);

-- name: ListPendingFeed
SELECT time_us, changes
  FROM feed_pending
 ORDER BY time_us, household_id, number;

-- name: DropPendingFeed
DELETE FROM feed_pending;

-- name: GetRevisions
SELECT household_id, number, sealed
  FROM revisions
 WHERE (household_id = $1 AND number = $2) OR (household_id = $3 AND number = $4)
    OR (household_id = $5 AND number = $6) OR (household_id = $7 AND number = $8)
    OR (household_id = $9 AND number = $10) OR (household_id = $11 AND number = $12)
    OR (household_id = $13 AND number = $14) OR (household_id = $15 AND number = $16)
    OR (household_id = $17 AND number = $18) OR (household_id = $19 AND number = $20)
    OR (household_id = $21 AND number = $22) OR (household_id = $23 AND number = $24)
    OR (household_id = $25 AND number = $26) OR (household_id = $27 AND number = $28)
    OR (household_id = $29 AND number = $30) OR (household_id = $31 AND number = $32)
    OR (household_id = $33 AND number = $34) OR (household_id = $35 AND number = $36)
    OR (household_id = $37 AND number = $38) OR (household_id = $39 AND number = $40);
