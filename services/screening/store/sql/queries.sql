-- $1 is the sources' keys, 16 bytes each, one behind the other; $2 says how many.
-- name: FindVersions
WITH RECURSIVE places (i) AS (
  SELECT 0
  UNION ALL
  SELECT i + 1 FROM places WHERE i + 1 < $2
)
SELECT places.i, alerts.version, alerts.id
  FROM places
  JOIN alerts ON alerts.source_key = substr(CAST($1 AS {{blob}}), places.i * 16 + 1, 16);

-- $1 is the ids, 33 characters each, one behind the other; $2 says how many.
-- name: FindStates
WITH RECURSIVE places (i) AS (
  SELECT 0
  UNION ALL
  SELECT i + 1 FROM places WHERE i + 1 < $2
)
SELECT alerts.id, alerts.state
  FROM places
  JOIN alerts ON alerts.id = substr(CAST($1 AS TEXT), places.i * 33 + 1, 33);

-- name: InsertAlert
INSERT INTO alerts (id, feed, source_key, version, fingerprint, event_on, amount_fen, county,
                    division, state, household, person, clue, judgement, accept_us, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', $11, $12);

-- name: InsertPush
INSERT INTO alert_pushes (id, feed, accepted, watermark, push_us)
VALUES ($1, $2, $3, $4, $5);

-- name: SupersedeAlert
UPDATE alerts SET state = 5, settle_us = $2 WHERE id = $1;

-- name: DropAmountOfAlert
DELETE FROM alert_amounts
 WHERE alert = $1
   AND person = (SELECT person FROM alerts WHERE id = $1)
   AND feed = (SELECT feed FROM alerts WHERE id = $1);

-- name: ListPending
SELECT id, feed, fingerprint, event_on, amount_fen, division, state, accept_us, sealed
  FROM alerts
 WHERE state = 1 AND id > $1
 ORDER BY id
 LIMIT $2;

-- name: ListAgain
SELECT id, feed, fingerprint, event_on, amount_fen, division, state, accept_us, sealed
  FROM alerts
 WHERE state IN (2, 6) AND id > $1
 ORDER BY id
 LIMIT $2;

-- name: SettleAlert
UPDATE alerts
   SET state = $2, household = $3, person = $4, county = $5, division = $6, clue = $7,
       judgement = $8, settle_us = $9
 WHERE id = $1;

-- name: AddAmount
INSERT INTO alert_amounts (person, feed, alert, kind, event_on, amount_fen)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person, feed, alert) DO NOTHING;

-- name: SumAmounts
SELECT coalesce(SUM(amount_fen), 0)
  FROM alert_amounts
 WHERE person = $1 AND feed = $2 AND kind = $3 AND event_on BETWEEN $4 AND $5 AND alert <= $6;

-- By county and id, beyond ($1, $2), counties below $3, divisions from $4 to below $5; $6 is a mask
-- of states; an empty feed ($7) stands for all.
-- name: ListAlerts
SELECT id, feed, version, event_on, amount_fen, county, division, state, household, person, clue,
       judgement, accept_us, settle_us, sealed
  FROM alerts
 WHERE (county, id) > ($1, $2) AND county < $3
   AND division >= $4 AND division < $5
   AND (CAST($6 AS BIGINT) >> CAST(state AS INTEGER)) & 1 = 1
   AND (feed = $7 OR $7 = '')
 ORDER BY county, id
 LIMIT $8;

-- name: ListAlertsOfHousehold
SELECT id, feed, version, event_on, amount_fen, county, division, state, household, person, clue,
       judgement, accept_us, settle_us, sealed
  FROM alerts
 WHERE household = $8 AND household <> ''
   AND (county, id) > ($1, $2) AND county < $3
   AND division >= $4 AND division < $5
   AND (CAST($6 AS BIGINT) >> CAST(state AS INTEGER)) & 1 = 1
   AND (feed = $7 OR $7 = '')
 ORDER BY county, id
 LIMIT $9;

-- name: SumPushes
SELECT feed, SUM(accepted), MAX(watermark), MAX(push_us)
  FROM alert_pushes
 GROUP BY feed
 ORDER BY feed;

-- name: CountPending
SELECT feed, COUNT(*)
  FROM alerts
 WHERE state = 1
 GROUP BY feed
 ORDER BY feed;

-- name: InsertIdentity
INSERT INTO store_identity (only_row, id) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING;

-- name: ReadIdentity
SELECT id FROM store_identity;
